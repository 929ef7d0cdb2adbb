import { randomBytes } from 'node:crypto';
import { ResealingService } from '../../src/database/resealing.service.js';
import { sealedColumns } from '../../src/sealed-columns.js';
import { Client } from '../support/client.js';
import { Make } from '../support/make.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { run, withDatabase } from '../support/test-database.js';

/** SECRET_KEYS are replaced in three steps: the new one in front, everything sealed anew, the old one gone. */
describe('The secret keys', () => {
  const [older, newer] = [randomBytes(32), randomBytes(32)].map((key) => key.toString('base64'));
  const name = `keys_${process.env['JEST_WORKER_ID'] ?? '1'}`;
  const server = process.env['DATABASE_URL'] ?? '';
  const start = (...keys: unknown[]) =>
    startTestApp({
      environment: { DATABASE_URL: withDatabase(server, name), SECRET_KEYS: keys.join(',') },
    });
  const resealing = (test: TestApp) => test.app.get(ResealingService, { strict: false });
  let test: TestApp;

  beforeAll(() =>
    run(server, [`DROP DATABASE IF EXISTS ${name}`, `CREATE DATABASE ${name} TEMPLATE template`]),
  );
  afterEach(() => test.close());

  let token: string;
  let refreshToken: string;

  it('seal what the server must read again', async () => {
    test = await start(older);
    const made = await new Make(test).user();
    const { body } = await new Client(test).login(made.email, made.password);
    ({ accessToken: token, refreshToken } = body);
    for (const { newest, older: others } of await resealing(test).status()) {
      expect(others).toBe(0);
      expect(newest).toBeGreaterThanOrEqual(0);
    }
  });

  it('sign nobody out when another one is put in front, and seal everything anew', async () => {
    test = await start(newer, older);
    expect(await new Client(test, token).me()).toMatchObject({ status: 200 });
    const before = await resealing(test).status();
    expect(before.find(({ column }) => column.table === 'signing_keys')).toMatchObject({
      newest: 0,
      older: 2,
    });
    const counts = await Promise.all([resealing(test).reseal(), resealing(test).reseal()]);
    expect(counts[0] + counts[1]).toBeGreaterThanOrEqual(2);
    for (const { older: left } of await resealing(test).status()) expect(left).toBe(0);
    expect(await resealing(test).reseal()).toBe(0);
  });

  it('can then be dropped: the session goes on, by access token and by refresh token', async () => {
    test = await start(newer);
    const client = new Client(test, token);
    expect(await client.me()).toMatchObject({ status: 200 });
    expect(await new Client(test).post('/v1/auth/refresh', { refreshToken })).toMatchObject({
      status: 200,
    });
  });

  it('are all of the columns that hold sealed values; the others are pseudonyms, made anew each time, or public', async () => {
    const pseudonyms = [
      'api_key_peppers.made_under',
      'api_keys.secret_mac',
      'guess_counts.account',
      'mail_budgets.recipient',
      'mail_queue.recipient',
      'mail_queue.topic',
      'one_time_tokens.code_mac',
      'rate_counters.key',
    ];
    // what an authenticator tells whoever asks it
    const passkeys = ['credential_id', 'public_key', 'user_handle'];
    const told = ['passkey_challenges.user_handle', ...passkeys.map((name) => `passkeys.${name}`)];
    test = await start(newer);
    const columns = await test.database.query<{ name: string }[]>(
      `SELECT table_name || '.' || column_name AS name FROM information_schema.columns
        WHERE table_schema = 'public' AND data_type = 'bytea' AND column_name !~ 'hash|salt|^mac$|^commitment$'
          AND table_name !~ '^audit_events_'`,
    );
    expect(columns.map((column) => column.name).sort()).toEqual(
      [
        ...pseudonyms,
        ...told,
        ...sealedColumns.map(({ table, column }) => `${table}.${column}`),
      ].sort(),
    );
  });
});
