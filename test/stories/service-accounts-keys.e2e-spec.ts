import { v7 as uuidv7 } from 'uuid';
import type { ApiKeyDto, ApiKeyPageDto, IssuedApiKeyDto } from '../../src/api-keys/api-key.dto.js';
import { products } from '../../src/catalog/products/product.entity.js';
import type { Problem } from '../../src/common/problem.js';
import { serviceAccountPermissions } from '../../src/service-accounts/service-accounts.permissions.js';
import { userPermissions } from '../../src/users/users.permissions.js';
import { makeKey } from '../support/api-keys.js';
import { LogBook } from '../support/audit.js';
import { Client } from '../support/client.js';
import { userHolder } from '../support/grants.js';
import { expectProblem } from '../support/problems.js';
import { changingNoRow } from '../support/rows.js';
import { makeServiceAccount } from '../support/service-accounts.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { MAKERS } from '../support/things.js';
import { type Clerk, Office, remove } from '../support/users-office.js';

const { manage_keys, view } = serviceAccountPermissions;
const READ = products.view;
const WRITE = products.change;

describe('Keys of service accounts', () => {
  let test: TestApp;
  let office: Office;
  let clerk: Clerk;

  beforeAll(async () => {
    test = await startTestApp();
    office = new Office(test);
    clerk = await office.clerk([manage_keys, view, READ]);
  });
  afterAll(() => test.close());

  type Made = IssuedApiKeyDto & Pick<Problem, 'code'>;
  const urlOf = (id: string) => `/v1/service-accounts/${id}/api-keys`;
  const make = (id: string, body: object = {}, by: Pick<Clerk, 'client'> = clerk) =>
    by.client.post<Made>(urlOf(id), { name: 'nightly', ...body });
  const rotate = (id: string, keyId: string, by: Pick<Clerk, 'client'> = clerk) =>
    by.client.post<Made>(`${urlOf(id)}/${keyId}/rotate`, {});
  const server = (key: string) => new Client(test).withKey(key);
  const some = async (...held: (typeof READ | typeof WRITE)[]) => {
    const { id } = await makeServiceAccount(test);
    await office.grants.give(userHolder({ id }), ...held);
    return id;
  };

  it('are made, listed, changed, rotated and revoked', async () => {
    const log = await LogBook.of(test);
    const id = await some(READ);
    const { status, body: made } = await make(id, { scopes: [READ] });
    expect(status).toBe(201);
    const product = `/v1/catalog/products/${(await MAKERS['catalog.product']!(test)).id}`;
    expect((await server(made.key).get(product)).status).toBe(200);
    expect((await server(made.key).me()).body).toMatchObject({ id });
    const changed = await clerk.client.patch<ApiKeyDto>(`${urlOf(id)}/${made.id}`, {
      name: 'hourly',
    });
    expect(changed.body).toMatchObject({ id: made.id, name: 'hourly' });
    const { body: next } = await rotate(id, made.id);
    expect((await server(next.key).me()).body).toMatchObject({ id });
    expectProblem(await rotate(id, next.id), 409, 'rotation_in_progress');
    expect((await remove(clerk.client, `${urlOf(id)}/${made.id}`)).status).toBe(204);
    expectProblem(await server(made.key).me(), 401, 'invalid_token');
    const { items } = (await clerk.client.get<ApiKeyPageDto>(urlOf(id))).body;
    expect(items.map((key) => [key.id, key.status])).toEqual([
      [next.id, 'active'],
      [made.id, 'revoked'],
    ]);
    expect(JSON.stringify(items)).not.toContain(made.key);
    const events = await log.about(id);
    expect(events.map(({ action, actorId }) => [action, actorId])).toEqual(
      ['created', 'changed', 'rotated', 'revoked'].map((what) => [
        `api_key_${what}`,
        clerk.user.id,
      ]),
    );
  });

  it('are told of to whoever is responsible, in her language, and to nobody else', async () => {
    const group = await office.grants.someGroup();
    const [ann, bob] = [await office.make.user({ locale: 'de' }), await office.make.user()];
    for (const { user } of [ann, bob]) await office.grants.join(group, userHolder(user));
    const { id, firstName } = await makeServiceAccount(test, { responsible: group });
    const { body } = await make(id);
    const [first] = await test.outbox.waitFor(ann.email);
    expect(first?.subject).toBe('Ein neuer API-Schlüssel eines Dienstkontos');
    expect(first?.text).toContain(firstName);
    expect(first?.text).toContain(body.prefix);
    expect(first?.text).not.toContain(body.key);
    await rotate(id, body.id);
    const mails = await test.outbox.waitFor(bob.email, 2);
    expect(mails.map(({ subject }) => subject)).toEqual([
      'A new API key of a service account',
      'An API key of a service account was replaced',
    ]);
  });

  it('hand out nothing that their maker does not hold herself', async () => {
    const above = await some(READ, WRITE);
    const { id: keyId } = await makeKey(test, above);
    await changingNoRow(test, async () => {
      for (const answer of [
        await make(above),
        await make(above, { scopes: [] }),
        await rotate(above, keyId),
        await clerk.client.patch(`${urlOf(above)}/${keyId}`, { allowedIps: [] }),
        await remove(clerk.client, `${urlOf(above)}/${keyId}`),
      ]) {
        expectProblem(answer, 403, 'beyond_own_rights');
      }
    });
    expect((await clerk.client.get(urlOf(above))).status).toBe(200);
  });

  it('hand out nothing that their maker does not hold herself, not on a single object either, nor by a group', async () => {
    const id = await some();
    const product = await MAKERS['catalog.product']!(test);
    const group = await office.grants.someGroup();
    const { id: keyId } = await makeKey(test, id);
    const refused = () =>
      changingNoRow(test, async () => {
        expectProblem(await make(id), 403, 'beyond_own_rights');
        expectProblem(await rotate(id, keyId), 403, 'beyond_own_rights');
        const url = `${urlOf(id)}/${keyId}`;
        expectProblem(await clerk.client.patch(url, { name: 'x' }), 403, 'beyond_own_rights');
      });
    await office.grants.grant(userHolder({ id }), product.id, WRITE);
    await refused();
    await office.grants.grant(userHolder(clerk.user), product.id, WRITE);
    expect((await make(id)).status).toBe(201);
    await office.grants.join(group, userHolder({ id }));
    await office.grants.give(group, products.delete);
    await refused();
    await office.grants.take(group, products.delete);
    await office.grants.grant(group, product.id, products.delete);
    await refused();
    expect((await remove(clerk.client, `${urlOf(id)}/${keyId}`)).status).toBe(204);
  });

  it('are no way to keep what was lent', async () => {
    const id = await some(READ);
    const lent = await office.clerk([manage_keys]);
    const until = new Date(test.clock.millis() + 3_600_000);
    await test.database.query(
      `INSERT INTO user_permissions (user_id, permission_id, expires_at, created_at)
       SELECT $1, id, $2, now() FROM permissions WHERE name = $3`,
      [lent.user.id, until, READ],
    );
    expectProblem(await make(id, {}, lent), 403, 'beyond_own_rights');
    const expiresAt = new Date(until.getTime() - 60_000).toISOString();
    expect((await make(id, { expiresAt }, lent)).status).toBe(201);
  });

  it('are managed by whoever may, on all accounts or on one, and proved herself by the strongest that she has', async () => {
    const id = await some();
    const { id: keyId } = await makeKey(test, id);
    const url = `${urlOf(id)}/${keyId}`;
    const [viewer, stranger, one, old] = [
      await office.clerk([view]),
      await office.clerk(Object.values(userPermissions)),
      await office.clerk(),
      await office.clerk([manage_keys]),
    ];
    await office.ages(old);
    const all = async (by: Clerk, status: number, code: string) => {
      expectProblem(await make(id, {}, by), status, code);
      expectProblem(await rotate(id, keyId, by), status, code);
      expectProblem(await by.client.patch(url, { name: 'x' }), status, code);
    };
    await changingNoRow(test, async () => {
      for (const [by, status, code] of [
        [viewer, 403, 'permission_denied'],
        [stranger, 404, 'not_found'],
      ] as const) {
        await all(by, status, code);
        expectProblem(await by.client.get(urlOf(id)), status, code);
        expectProblem(await remove(by.client, url), status, code);
      }
      await all(old, 403, 'reauthentication_required');
    });
    expect((await old.client.get(urlOf(id))).status).toBe(200);
    await office.grants.grant(userHolder(one.user), id, manage_keys);
    expect((await make(id, {}, one)).status).toBe(201);
    expectProblem(await make(await some(), {}, one), 404, 'not_found');
    expect((await remove(old.client, url)).status).toBe(204);
  });

  it('are not those of people, nor of another account', async () => {
    const root = await office.superuser();
    const [id, other] = [await some(), await some()];
    const { id: theirs } = await makeKey(test, other);
    const { id: hers } = await makeKey(test, clerk.user.id);
    await changingNoRow(test, async () => {
      for (const accountId of [clerk.user.id, root.user.id, uuidv7()]) {
        expectProblem(await make(accountId, {}, root), 404, 'not_found');
        expectProblem(await root.client.get(urlOf(accountId)), 404, 'not_found');
        expectProblem(await rotate(accountId, hers, root), 404, 'not_found');
        expectProblem(await remove(root.client, `${urlOf(accountId)}/${hers}`), 404, 'not_found');
      }
      for (const keyId of [theirs, hers, uuidv7(), '7']) {
        expectProblem(await rotate(id, keyId, root), 404, 'not_found');
        expectProblem(await remove(root.client, `${urlOf(id)}/${keyId}`), 404, 'not_found');
        const url = `${urlOf(id)}/${keyId}`;
        expectProblem(await root.client.patch(url, { name: 'x' }), 404, 'not_found');
      }
    });
  });

  it('make no keys, whatever their account holds', async () => {
    const id = await some();
    await office.grants.give(userHolder({ id }), manage_keys, view);
    const { id: keyId, client } = await makeKey(test, id);
    await changingNoRow(test, async () => {
      for (const answer of [
        await make(id, {}, { client }),
        await rotate(id, keyId, { client }),
        await client.patch(`${urlOf(id)}/${keyId}`, { name: 'x' }),
        await remove(client, `${urlOf(id)}/${keyId}`),
        await client.get(urlOf(id)),
      ]) {
        expectProblem(answer, 403, 'api_key_not_allowed');
      }
    });
  });

  it('are ten at most, also when fifty are made at once', async () => {
    const id = await some();
    const made = await Promise.all(Array.from({ length: 50 }, () => make(id)));
    expect(made.filter(({ status }) => status === 201)).toHaveLength(10);
    expect(made.filter(({ status }) => status === 409)).toHaveLength(40);
  });

  it('are not made for an account that is switched off', async () => {
    const id = await some();
    const { id: keyId } = await makeKey(test, id);
    await test.database.query('UPDATE users SET is_active = false WHERE id = $1', [id]);
    expectProblem(await make(id), 400, 'subject_inactive');
    expectProblem(await rotate(id, keyId), 400, 'subject_inactive');
    expect((await remove(clerk.client, `${urlOf(id)}/${keyId}`)).status).toBe(204);
  });
});
