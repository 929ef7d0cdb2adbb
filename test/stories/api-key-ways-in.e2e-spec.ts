import { makeKey } from '../support/api-keys.js';
import { withAuthenticator } from '../support/authenticator.js';
import type { Client } from '../support/client.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { put, remove } from '../support/users-office.js';

/** The tables that say how somebody gets in, and what of them must not move. */
const WAYS_IN = ['users', 'totp_factors', 'passkeys', 'recovery_codes', 'sessions', 'api_keys'];

/** Whoever has stolen a key is not to make a way in of it that outlasts the key (L07, G08). */
describe('With a key of a superuser nobody', () => {
  let test: TestApp;
  let make: Make;
  let key: Client;
  let ownerId: string;
  let sessionId: string;

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
    const { user } = await make.signedIn({ isSuperuser: true });
    ownerId = user.id;
    await withAuthenticator(test, ownerId);
    key = (await makeKey(test, ownerId)).client;
    const [row] = await test.database.query<{ id: string }[]>(
      'SELECT id FROM sessions WHERE user_id = $1',
      [ownerId],
    );
    sessionId = row?.id ?? '';
  });
  afterAll(() => test.close());

  const tables = async () => {
    const all: Record<string, unknown> = {};
    for (const table of WAYS_IN) {
      const column = table === 'users' ? 'id' : 'user_id';
      all[table] = await test.database.query(
        `SELECT to_jsonb(t) - 'last_used_at' - 'last_used_ip' - 'use_count' FROM ${table} t WHERE ${column} = $1 ORDER BY 1`,
        [ownerId],
      );
    }
    return all;
  };

  it.each<[string, (key: Client) => ReturnType<Client['get']>]>([
    [
      'changes a password',
      (key) =>
        key.post('/v1/auth/password/change', {
          currentPassword: 'x',
          newPassword: 'yyyyyyyyyyyyyyyy',
        }),
    ],
    ['sets one', (key) => key.post('/v1/auth/password/set', { newPassword: 'yyyyyyyyyyyyyyyy' })],
    [
      'changes the address',
      (key) => key.post('/v1/auth/email/change', { email: 'eve@example.com' }),
    ],
    ['sets up an app', (key) => key.post('/v1/users/me/two-factor/totp', {})],
    ['takes one away', (key) => remove(key, '/v1/users/me/two-factor/totp')],
    ['adds a passkey', (key) => key.post('/v1/users/me/two-factor/passkeys/options', {})],
    ['makes recovery codes', (key) => key.post('/v1/users/me/two-factor/recovery-codes')],
    ['lists sessions', (key) => key.get('/v1/users/me/sessions')],
    ['ends one', (key) => remove(key, `/v1/users/me/sessions/${sessionId}`)],
    ['ends all', (key) => key.post('/v1/auth/logout/all')],
    ['proves to be its owner', (key) => key.post('/v1/auth/reauthenticate', { password: 'x' })],
    ['deletes the account', (key) => remove(key, '/v1/users/me')],
    ['takes its data along', (key) => key.get('/v1/users/me/export')],
    ['reads what happened to it', (key) => key.get('/v1/users/me/security-events')],
    ['makes a key', (key) => key.post('/v1/users/me/api-keys', { name: 'another' })],
    ['lists keys', (key) => key.get('/v1/users/me/api-keys')],
    ['finds users', (key) => key.get('/v1/users')],
    ['invites one', (key) => key.post('/v1/users', { email: 'eve@example.com' })],
    ['changes one', (key) => key.patch(`/v1/users/${ownerId}`, { isSuperuser: false })],
    ['sends a reset link', (key) => key.post(`/v1/users/${ownerId}/password-reset`)],
    ['resets factors', (key) => key.post(`/v1/users/${ownerId}/two-factor/reset`, { reason: 'x' })],
    ['gives permissions', (key) => put(key, `/v1/users/${ownerId}/permissions/users.view_user`)],
  ])('%s', async (_, call) => {
    const before = await tables();
    const answer = await call(key);
    expectProblem(answer, 403, 'api_key_not_allowed');
    expect(await tables()).toEqual(before);
  });
});
