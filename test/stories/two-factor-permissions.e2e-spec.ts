import { products } from '../../src/catalog/products/product.entity.js';
import { userPermissions } from '../../src/users/users.permissions.js';
import { type MadeKey, makeKey } from '../support/api-keys.js';
import { withAuthenticator } from '../support/authenticator.js';
import { BankModule, SAFE, Safe } from '../support/bank.js';
import type { Client } from '../support/client.js';
import { EVERYBODY, Grants, userHolder } from '../support/grants.js';
import { behindItsBack } from '../support/heard.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { MAKERS } from '../support/things.js';
import { marksOf, signedInWithCode } from '../support/two-factor-policy.js';

const ENROL = 'two_factor_enrollment_required';
const SHOW = 'two_factor_required';

describe('A permission that demands a second factor', () => {
  let test: TestApp;
  let make: Make;
  let grants: Grants;

  beforeAll(async () => {
    test = await startTestApp({
      imports: [BankModule],
      environment: { ANONYMOUS_PERMISSIONS: 'on' },
    });
    make = new Make(test);
    grants = new Grants(test);
  });
  afterEach(() => marksOf(test).nothing());
  afterAll(() => test.close());

  /** Who only has it on one object is not asked for it at the sign-in: it is here that it counts. */
  const grantedOn = async (id: string, ...names: Parameters<Grants['grant']>[2][]) => {
    const all = [await make.signedIn(), await signedInWithCode(test)] as const;
    for (const { user } of all) await grants.grant(userHolder(user), id, ...names);
    return { one: all[0].client, two: all[1].client, user: all[0].user };
  };

  it('opens to who has shown one, and to nobody else who holds it', async () => {
    const url = `/v1/safes/${SAFE}/doors`;
    const { one, two, user } = await grantedOn(SAFE, Safe.view, Safe.change);
    expect((await one.post(url)).status).toBe(201);
    await marksOf(test).permission(Safe.change);
    expectProblem(await one.post(url), 403, ENROL);
    expect((await two.post(url)).status).toBe(201);
    await withAuthenticator(test, user.id);
    expectProblem(await one.post(url), 403, SHOW);
    await marksOf(test).permission(Safe.change, false);
    expect((await one.post(url)).status).toBe(201);
  });

  it('tells who does not hold it nothing of that', async () => {
    await marksOf(test).permission(Safe.change);
    const { client } = await make.signedIn();
    expectProblem(await client.post('/v1/safes/doors'), 403, 'permission_denied');
    expectProblem(await client.post(`/v1/safes/${SAFE}/doors`), 404, 'not_found');
  });

  it('is demanded of superusers, too', async () => {
    const { client } = await make.signedIn({ isSuperuser: true });
    const shown = await signedInWithCode(test, { isSuperuser: true });
    await marksOf(test).permission(Safe.change);
    expectProblem(await client.post('/v1/safes/doors'), 403, ENROL);
    expect((await shown.client.post('/v1/safes/doors')).status).toBe(201);
  });

  it('opens to no API key, which cannot show one', async () => {
    const { user } = await signedInWithCode(test, { isSuperuser: true });
    const [all, some] = [
      await makeKey(test, user.id),
      await makeKey(test, user.id, { scopes: [{ permission: Safe.change, objectId: SAFE }] }),
    ];
    const doors = ({ client }: MadeKey) => client.post(`/v1/safes/${SAFE}/doors`);
    for (const key of [all, some]) expect((await doors(key)).status).toBe(201);
    await marksOf(test).permission(Safe.change);
    for (const key of [all, some]) expectProblem(await doors(key), 403, SHOW);
    expect((await all.client.post('/v1/safes/hinges')).status).toBe(201);
  });

  it('is not needed where another one, that demands none, does as well', async () => {
    const her = await make.signedIn();
    await grants.give(userHolder(her.user), Safe.change, Safe.delete);
    await inGrace(her.user.id);
    await marksOf(test).permission(Safe.change);
    expect((await her.client.post('/v1/safes/hinges')).status).toBe(201);
    expectProblem(await her.client.post('/v1/safes/walls'), 403, ENROL);
    expectProblem(await her.client.post('/v1/safes/doors'), 403, ENROL);
    await marksOf(test).permission(Safe.delete);
    expectProblem(await her.client.post('/v1/safes/hinges'), 403, ENROL);
  });

  it('is never used by a stranger, whatever everybody holds', async () => {
    await grants.give(EVERYBODY, Safe.change);
    expect((await make.client.post('/v1/safes/doors')).status).toBe(201);
    await marksOf(test).permission(Safe.change);
    expectProblem(await make.client.post('/v1/safes/doors'), 401, 'not_authenticated');
    await grants.take(EVERYBODY, Safe.change);
  });

  it('shows nothing in lists to who has not shown one', async () => {
    const { id } = await MAKERS['catalog.product']!(test);
    const { one, two, user } = await grantedOn(id, products.view);
    const seenBy = async (client: Client) =>
      (await client.get<{ items: { id: string }[] }>('/v1/catalog/products')).body.items.map(
        (each) => each.id,
      );
    const { client: key } = await makeKey(test, user.id);
    const seen = async () => Promise.all([one, two, key].map(seenBy));
    expect(await seen()).toEqual([[id], [id], [id]]);
    await marksOf(test).permission(products.view);
    expect(await seen()).toEqual([[], [id], []]);
  });

  it('finds nobody by the address for who has not shown one', async () => {
    const { user, email } = await make.user();
    const { one, two } = await grantedOn(user.id, userPermissions.view);
    const found = async (client: Client) =>
      (await client.get<{ items: unknown[] }>(`/v1/users?email=${email}`)).body.items.length;
    expect([await found(one), await found(two)]).toEqual([1, 1]);
    await marksOf(test).permission(userPermissions.view);
    expect([await found(one), await found(two)]).toEqual([0, 1]);
  });

  /** Her session, as if it had been opened while a grace lasts. */
  const inGrace = (userId: string) =>
    behindItsBack(
      test,
      `UPDATE sessions SET enroll_by = now() + interval '1 day' WHERE user_id = $1`,
      [userId],
    );
});
