import { v7 as uuidv7 } from 'uuid';
import type { RightsDto } from '../../src/admin/users/user-permissions.dto.js';
import { groupPermissions } from '../../src/permissions/holding/group.entity.js';
import { serviceAccountPermissions } from '../../src/service-accounts/service-accounts.permissions.js';
import { userPermissions } from '../../src/users/users.permissions.js';
import { makeKey } from '../support/api-keys.js';
import { LogBook } from '../support/audit.js';
import { userHolder } from '../support/grants.js';
import { expectProblem } from '../support/problems.js';
import { changingNoRow } from '../support/rows.js';
import { RobotsDesk, RUNS_ROBOTS } from '../support/service-accounts.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { type Clerk, type Office, put, remove } from '../support/users-office.js';

const { change, view } = serviceAccountPermissions;

describe('Power over service accounts', () => {
  let test: TestApp;
  let desk: RobotsDesk;
  let office: Office;
  let clerk: Clerk;

  beforeAll(async () => {
    test = await startTestApp();
    desk = await RobotsDesk.of(test);
    ({ office, clerk } = desk);
  });
  afterAll(() => test.close());

  it('are nobody else’s business: absent to whoever may not view them, and shut to whoever only may', async () => {
    const { id } = (await desk.make({})).body;
    const ann = await office.clerk(Object.values(userPermissions));
    const bob = await office.clerk([view]);
    const permission = `${desk.urlOf(id)}/permissions/${userPermissions.view}`;
    await changingNoRow(test, async () => {
      expectProblem(await desk.make({}, ann), 403, 'permission_denied');
      for (const [by, status, code] of [
        [ann, 404, 'not_found'],
        [bob, 403, 'permission_denied'],
      ] as const) {
        expectProblem(await desk.patch(id, { isActive: false }, by), status, code);
        expectProblem(await remove(by.client, desk.urlOf(id)), status, code);
        expectProblem(await put(by.client, permission), status, code);
        expectProblem(await remove(by.client, permission), status, code);
      }
      expectProblem(await ann.client.get(desk.urlOf(id)), 404, 'not_found');
      expectProblem(await ann.client.get(`${desk.urlOf(id)}/permissions`), 404, 'not_found');
      expect((await bob.client.get(desk.urlOf(id))).status).toBe(200);
    });
  });

  it('are no people, and people are none of them', async () => {
    const { user } = await office.make.user();
    await changingNoRow(test, async () => {
      for (const id of [user.id, uuidv7(), 'me', '7']) {
        expectProblem(await clerk.client.get(desk.urlOf(id)), 404, 'not_found');
        expectProblem(await desk.patch(id, { isActive: false }), 404, 'not_found');
        expectProblem(await remove(clerk.client, desk.urlOf(id)), 404, 'not_found');
        expectProblem(await clerk.client.get(`${desk.urlOf(id)}/permissions`), 404, 'not_found');
        const url = `${desk.urlOf(id)}/permissions/${view}`;
        expectProblem(await put(clerk.client, url), 404, 'not_found');
        expectProblem(await remove(clerk.client, url), 404, 'not_found');
      }
    });
  });

  it('are changed by who proved herself not long ago', async () => {
    const { id } = (await desk.make({})).body;
    const old = await office.clerk([...RUNS_ROBOTS, userPermissions.view, groupPermissions.view]);
    await office.ages(old);
    const url = `${desk.urlOf(id)}/permissions/${view}`;
    await changingNoRow(test, async () => {
      for (const answer of [
        await desk.make({}, old),
        await desk.patch(id, { isActive: false }, old),
        await remove(old.client, desk.urlOf(id)),
        await put(old.client, url),
      ]) {
        expectProblem(answer, 403, 'reauthentication_required');
      }
    });
    expect((await old.client.get(desk.urlOf(id))).status).toBe(200);
  });

  it('are given what the giver holds herself, and it is taken from them', async () => {
    const log = await LogBook.of(test);
    const { id } = (await desk.make({})).body;
    const url = `${desk.urlOf(id)}/permissions`;
    const expiresAt = '2099-12-31T23:59:59.000Z';
    expect((await put(clerk.client, `${url}/${view}`, { expiresAt })).status).toBe(204);
    const { body } = await clerk.client.get<RightsDto>(url);
    expect(body).toEqual({
      isSuperuser: false,
      direct: [{ permission: view, expiresAt }],
      effective: [
        { permission: view, expiresAt, sources: [{ type: 'direct', through: [], expiresAt }] },
      ],
    });
    expectProblem(
      await put(clerk.client, `${url}/${groupPermissions.delete}`),
      403,
      'beyond_own_rights',
    );
    expectProblem(await put(clerk.client, `${url}/users.fly_user`), 400, 'unknown_permission');
    expect((await remove(clerk.client, `${url}/${view}`)).status).toBe(204);
    expectProblem(await remove(clerk.client, `${url}/${view}`), 404, 'not_found');
    expect(await log.words(id)).toEqual([
      'service_account_created success',
      'permission_given success',
      'permission_taken success',
    ]);
  });

  it('stand above who holds less than they', async () => {
    const { id } = (await desk.make({})).body;
    await office.grants.give(userHolder({ id }), groupPermissions.delete);
    const url = `${desk.urlOf(id)}/permissions/${view}`;
    await changingNoRow(test, async () => {
      for (const answer of [
        await desk.patch(id, { isActive: false }),
        await remove(clerk.client, desk.urlOf(id)),
        await put(clerk.client, url),
        await remove(clerk.client, url),
      ]) {
        expectProblem(answer, 403, 'beyond_own_rights');
      }
    });
    await office.grants.give(userHolder(clerk.user), groupPermissions.delete);
    expect((await desk.patch(id, { isActive: false })).status).toBe(200);
    await office.grants.take(userHolder(clerk.user), groupPermissions.delete);
  });

  it('are changed with a grant on this one alone', async () => {
    const [mine, other] = [(await desk.make({})).body.id, (await desk.make({})).body.id];
    const ann = await office.clerk([]);
    await office.grants.grant(userHolder(ann.user), mine, view, change);
    expect((await desk.patch(mine, { description: 'Mine.' }, ann)).status).toBe(200);
    expectProblem(await desk.patch(other, { description: 'Mine.' }, ann), 404, 'not_found');
    expectProblem(await remove(ann.client, desk.urlOf(mine)), 403, 'permission_denied');
  });

  it('take what was granted on them along', async () => {
    const { id } = (await desk.make({})).body;
    const ann = await office.clerk([]);
    await office.grants.grant(userHolder(ann.user), id, view, change);
    await remove(clerk.client, desk.urlOf(id));
    expect(await office.grants.on(id)).toEqual([]);
  });

  it('leave no key behind, however many are made while they are deleted', async () => {
    const { id } = (await desk.make({})).body;
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, i) =>
        i === 5
          ? remove(clerk.client, desk.urlOf(id))
          : clerk.client.post(`${desk.urlOf(id)}/api-keys`, { name: 'nightly' }),
      ),
    );
    const statuses = new Set(answers.map(({ status }) => status));
    expect([...statuses].filter((status) => ![201, 204, 404, 409].includes(status))).toEqual([]);
    expect(answers[5]?.status).toBe(204);
    const rows = await test.database.query<unknown[]>('SELECT 1 FROM api_keys WHERE user_id = $1', [
      id,
    ]);
    expect(rows).toEqual([]);
  });

  it('are let in with their keys, until they are switched off or deleted', async () => {
    const { id, name } = (await desk.make({})).body;
    const { client: server } = await makeKey(test, id);
    expect((await server.me()).body).toMatchObject({ id, email: '', firstName: name });
    await desk.patch(id, { isActive: false });
    expectProblem(await server.me(), 401, 'invalid_token');
    await desk.patch(id, { isActive: true });
    expect((await server.me()).status).toBe(200);
    await desk.patch(id, { name: `${name}!` });
    expect((await server.me()).body).toMatchObject({ firstName: `${name}!` });
    await remove(clerk.client, desk.urlOf(id));
    expectProblem(await server.me(), 401, 'invalid_token');
    const rows = await test.database.query<unknown[]>('SELECT 1 FROM api_keys WHERE user_id = $1', [
      id,
    ]);
    expect(rows).toEqual([]);
  });

  it('manage no principals with their keys, whatever they hold', async () => {
    const { id } = (await desk.make({})).body;
    const other = (await desk.make({})).body.id;
    await office.grants.give(userHolder({ id }), ...RUNS_ROBOTS, userPermissions.view);
    const { client } = await makeKey(test, id);
    const server = { client };
    await changingNoRow(test, async () => {
      for (const answer of [
        await client.get('/v1/service-accounts'),
        await desk.make({}, server),
        await client.get(desk.urlOf(other)),
        await desk.patch(other, { isActive: false }, server),
        await remove(client, desk.urlOf(other)),
        await client.get(`${desk.urlOf(other)}/permissions`),
        await put(client, `${desk.urlOf(id)}/permissions/${view}`),
        await remove(client, `${desk.urlOf(id)}/permissions/${view}`),
      ]) {
        expectProblem(answer, 403, 'api_key_not_allowed');
      }
    });
  });
});
