import type { PermissionName } from '../../src/access/permission-name.js';
import { Shopper } from '../support/catalog.js';
import { Client } from '../support/client.js';
import { Grants, userHolder } from '../support/grants.js';
import { behindItsBack } from '../support/heard.js';
import { Make } from '../support/make.js';
import { MANY_MAILS } from '../support/many-mails.js';
import { KeyDesk } from '../support/own-keys.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const DAY = 86_400;
const VIEW: PermissionName = 'catalog.view_product';
const ADD: PermissionName = 'catalog.add_product';

/** Security catalogue 4.L04: a key is judged anew at each request, and so is its owner. */
describe('A key opens nothing any more', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp({ environment: { ...MANY_MAILS, ACCESS_TOKEN_TTL: '3600' } });
    make = new Make(test);
    await make.user({ isSuperuser: true }); // somebody must be one
  });
  afterAll(() => test.close());

  const withKey = (key: string) => new Client(test).withKey(key);
  const after = (seconds: number) => new Date(test.clock.millis() + seconds * 1000).toISOString();

  /** Somebody with a key that was used just now. */
  const holder = async (given: object = {}, wish: object = {}) => {
    const made = await make.signedIn(given);
    const desk = new KeyDesk(made.client);
    const { body: key } = await desk.make({ name: 'a server', ...wish });
    const server = withKey(key.key);
    return { ...made, desk, key, server };
  };
  const warm = async (given: object = {}, wish: object = {}) => {
    const her = await holder(given, wish);
    expect((await her.server.me()).status).toBe(200);
    return her;
  };
  type Her = Awaited<ReturnType<typeof warm>>;
  const sql = (statement: string) => (her: Her) =>
    behindItsBack(test, `UPDATE ${statement} WHERE id = $1`, [
      statement.startsWith('users') ? her.user.id : her.key.id,
    ]);

  it.each<[string, (her: Her) => Promise<unknown>]>([
    ['once it is revoked', ({ desk, key }) => desk.revoke(key.id)],
    ['while it is switched off', ({ desk, key }) => desk.change(key.id, { disabled: true })],
    [
      'once it was rotated without overlap',
      ({ desk, key }) => desk.rotate(key.id, { overlapSeconds: 0 }),
    ],
    ['once its owner closed the account', ({ client }) => client.post('/v1/users/me/deactivate')],
    [
      'once its owner asked for deletion',
      ({ client }) => client.send({ method: 'DELETE', url: '/v1/users/me' }),
    ],
    ['once it was revoked by SQL', sql('api_keys SET revoked_at = now()')],
    ['once it was switched off by SQL', sql('api_keys SET disabled_at = now()')],
    ['once its owner was made inactive by SQL', sql('users SET is_active = false')],
    [
      'once it is deleted by SQL',
      ({ key }) => behindItsBack(test, 'DELETE FROM api_keys WHERE id = $1', [key.id]),
    ],
    [
      'once its owner is deleted by SQL',
      ({ user }) => behindItsBack(test, 'DELETE FROM users WHERE id = $1', [user.id]),
    ],
  ])('%s, from the next request on', async (_, end) => {
    const her = await warm();
    await end(her);
    for (let i = 0; i < 2; i++) expectProblem(await her.server.me(), 401, 'invalid_token');
  });

  it('from the moment on that it expires', async () => {
    const { server, desk, key } = await warm({}, { expiresAt: after(60) });
    test.clock.forward(58);
    expect((await server.me()).status).toBe(200);
    test.clock.forward(3);
    expectProblem(await server.me(), 401, 'invalid_token');
    expect((await desk.shown(key.id)).status).toBe('expired');
    expectProblem(await desk.rotate(key.id), 409, 'api_key_ended');
    expectProblem(await desk.change(key.id, { name: 'x' }), 409, 'api_key_ended');
  });

  it('before it is valid, and does from then on', async () => {
    const { server, desk, key } = await holder({}, { startsAt: after(60) });
    expectProblem(await server.me(), 401, 'invalid_token');
    expectProblem(await desk.rotate(key.id), 409, 'api_key_not_in_use');
    test.clock.forward(61);
    expect((await server.me()).status).toBe(200);
    expect((await desk.shown(key.id)).status).toBe('active');
  });

  it('until it is switched on again', async () => {
    const { server, desk, key } = await warm();
    expect((await desk.change(key.id, { disabled: true })).body.status).toBe('disabled');
    expectProblem(await server.me(), 401, 'invalid_token');
    expectProblem(await desk.rotate(key.id), 409, 'api_key_not_in_use');
    expect((await desk.change(key.id, { disabled: false })).body).toMatchObject({
      status: 'active',
      disabledAt: null,
    });
    expect((await server.me()).status).toBe(200);
  });

  it('that its owner may not: a demoted superuser’s key is as good as she is', async () => {
    const { server, user } = await warm({ isSuperuser: true });
    const shop = new Shopper(server);
    expect((await shop.add()).status).toBe(201);
    await behindItsBack(test, 'UPDATE users SET is_superuser = false WHERE id = $1', [user.id]);
    expectProblem(await shop.add(), 403, 'permission_denied');
    expect((await server.me()).status).toBe(200);
  });

  it('that was taken from its owner, or is not among its scopes', async () => {
    const grants = new Grants(test);
    const { user, client } = await make.signedIn();
    await grants.give(userHolder(user), VIEW, ADD);
    const desk = new KeyDesk(client);
    const shopOf = async (scopes?: string[]) => {
      const { body } = await desk.make({ name: 'a server', ...(scopes && { scopes }) });
      return new Shopper(withKey(body.key));
    };
    const [whole, narrow, none] = [await shopOf(), await shopOf([VIEW]), await shopOf([])];
    const { body: product } = await whole.add();
    expect((await narrow.read(product.id)).status).toBe(200);
    for (const [shop, method] of [
      [narrow, 'add'],
      [none, 'add'],
    ] as const) {
      expectProblem(await shop[method](), 403, 'insufficient_scope');
    }
    expectProblem(await none.read(product.id), 403, 'insufficient_scope');
    await grants.take(userHolder(user), ADD);
    expectProblem(await whole.add(), 403, 'permission_denied');
  });

  it('even of a superuser, but what its scopes say, and nothing at all where only people are', async () => {
    const { user, client } = await make.signedIn({ isSuperuser: true });
    const { body } = await new KeyDesk(client).make({ name: 'narrow', scopes: [ADD] });
    const server = withKey(body.key);
    expect((await new Shopper(server).add()).status).toBe(201);
    expectProblem(await server.post('/v1/groups', { name: 'x' }), 403, 'insufficient_scope');
    expectProblem(await server.get('/v1/audit-events'), 403, 'insufficient_scope');
    expectProblem(await server.get('/v1/users/me/sessions'), 403, 'api_key_not_allowed');
    expect((await server.me()).body).toMatchObject({ id: user.id });
  });

  it('after its owner was away for as long as a key lives', async () => {
    const { server } = await warm();
    test.clock.forward(365 * DAY + 1);
    expectProblem(await server.me(), 401, 'invalid_token');
  });
});
