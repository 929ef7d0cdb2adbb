import { ApiKeyUsesService } from '../../src/api-keys/api-key-uses.service.js';
import { ApiKey } from '../../src/api-keys/api-key.js';
import { toBase62 } from '../../src/common/base62.js';
import { keyRow, makeKey, type MadeKey } from '../support/api-keys.js';
import { type Answer, Client } from '../support/client.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { statementsOf } from '../support/queries.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

jest.setTimeout(120_000);

const OF_ME = { method: 'GET', url: '/v1/users/me' } as const;

/** Security catalogue 4.L. */
describe('Whoever guesses at API keys', () => {
  let test: TestApp;
  let made: MadeKey;

  beforeAll(async () => {
    test = await startTestApp({
      environment: {
        TRUST_PROXY: '1',
        LOGIN_FAILURES_PER_ADDRESS: '20',
        RATE_LIMIT_WINDOW: '3600', // longer than all of it takes on a busy machine
        LOG_LEVEL: 'debug',
      },
    });
    const { user } = await new Make(test).user();
    made = await makeKey(test, user.id);
  });
  afterAll(() => test.close());

  const show = (key: string, ip: string) =>
    new Client(test).withKey(key).send({ ...OF_ME, headers: { 'x-forwarded-for': ip } });
  const wrong = () => ApiKey.issue('test', made.id).reveal();
  const unknown = () => ApiKey.issue('test').reveal();
  /** Without what differs from each answer to the next. */
  const bytesOf = ({ status, headers, text }: Answer) => ({
    status,
    headers: { ...headers, date: '', 'x-request-id': '' },
    text: text.replace(/"requestId":"[^"]*"/, ''),
  });

  it('L14 ten thousand times is held off by address; the real key works, warm and cold', async () => {
    const flood = '203.0.113.14';
    const count = { 401: 0, 429: 0 };
    for (let i = 0; i < 100; i++) {
      const answers = await Promise.all(
        Array.from({ length: 100 }, (_, n) => show(n % 2 === 0 ? wrong() : unknown(), flood)),
      );
      for (const { status } of answers) count[status as 401 | 429] += 1;
      expect((await show(made.key, flood)).status).toBe(200);
    }
    expect(count).toEqual({ 401: 20, 429: 9980 });
    const refused = await show(wrong(), flood);
    expectProblem(refused, 429, 'too_many_attempts');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    const cold = await makeKey(test, made.row.userId);
    expect((await show(cold.key, flood)).status).toBe(200);
    expectProblem(await show(wrong(), '203.0.113.15'), 401, 'invalid_token');
  });

  it('garbage is refused without a statement, and is no guess', async () => {
    const ip = '203.0.113.16';
    const last = made.key.at(-1) === 'A' ? 'B' : 'A';
    const garbage = [
      '',
      'x',
      'gh_test_',
      made.key.slice(0, -1) + last,
      made.key.replace('gh_test_', 'gh_live_'),
      made.key.slice(0, -1),
      `${made.key}x`,
      made.key.toUpperCase(),
      `${made.key}, ${made.key}`,
      `gh_test_${toBase62(Buffer.alloc(16))}`,
      'x'.repeat(8000),
    ];
    await show(made.key, ip);
    const statements = await statementsOf(async () => {
      for (let i = 0; i < 5; i++) {
        for (const key of garbage) expectProblem(await show(key, ip), 401, 'invalid_token');
      }
    });
    expect(statements).toEqual([]);
    expectProblem(await show(wrong(), ip), 401, 'invalid_token');
  });

  describe('L02 with the id of a key that there is', () => {
    /** What is looked up and hashed for one key that is shown. */
    const workOf = async (key: string, ip: string) => {
      const hashed = jest.spyOn(ApiKey.prototype, 'mac');
      let answer!: Answer;
      const statements = await statementsOf(async () => {
        answer = await show(key, ip);
      });
      const hashes = hashed.mock.calls.length;
      hashed.mockRestore();
      return { answer: bytesOf(answer), statements, hashes };
    };

    it('is told the same bytes, for the same work, as with one that there is not', async () => {
      await show(made.key, '203.0.113.20');
      const cold = await makeKey(test, made.row.userId);
      const off = await makeKey(test, made.row.userId);
      await test.database.query('UPDATE api_keys SET revoked_at = now() WHERE id = $1', [off.id]);
      const guesses = [
        unknown(),
        wrong(),
        ApiKey.issue('test', cold.id).reveal(),
        ApiKey.issue('test', off.id).reveal(),
        unknown(),
      ];
      const works = [];
      for (const [i, guess] of guesses.entries()) {
        works.push(await workOf(guess, `203.0.113.${String(21 + i)}`));
      }
      for (const work of works) expect(work).toEqual(works[0]);
      expect(works[0]!.answer.status).toBe(401);
      expect(works[0]!.hashes).toBe(1);
      expect(works[0]!.statements.filter((text) => text.includes('api_keys'))).toHaveLength(1);
    });

    it('leaves no trace on it', async () => {
      await test.app.get(ApiKeyUsesService, { strict: false }).write();
      const before = await keyRow(test, made.id);
      for (let i = 0; i < 5; i++) await show(wrong(), '203.0.113.30');
      await test.app.get(ApiKeyUsesService, { strict: false }).write();
      expect(await keyRow(test, made.id)).toEqual(before);
    });
  });

  describe('L11 a key that is shown where none belongs', () => {
    const basic = (name: string, password: string) =>
      `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`;
    const places: Readonly<Record<string, (key: string) => Parameters<Client['send']>[0]>> = {
      'in the address': (key) => ({ method: 'GET', url: `/v1/users/me?api_key=${key}` }),
      'in the address, as a header is called': (key) => ({
        method: 'GET',
        url: `/v1/users/me?X-API-Key=${key}`,
      }),
      'in the body': (key) => ({
        method: 'POST',
        url: '/v1/auth/logout/all',
        headers: { 'content-type': 'application/json' },
        payload: JSON.stringify({ apiKey: key }),
      }),
      'in a cookie': (key) => ({ ...OF_ME, headers: { cookie: `x-api-key=${key}` } }),
      'as the cookie of the session': (key) => ({
        ...OF_ME,
        headers: { cookie: `session=${key}` },
      }),
      'as a password': (key) => ({ ...OF_ME, headers: { authorization: basic('key', key) } }),
      'as a name': (key) => ({ ...OF_ME, headers: { authorization: basic(key, '') } }),
      'as a token': (key) => ({ ...OF_ME, headers: { authorization: `Bearer ${key}` } }),
      'as another kind of token': (key) => ({
        ...OF_ME,
        headers: { authorization: `ApiKey ${key}` },
      }),
    };

    it.each(Object.keys(places))('%s opens nothing, and is logged nowhere', async (place) => {
      const logged = test.logged.length;
      const { status } = await new Client(test).send(places[place]!(made.key));
      expect(status).toBe(401);
      const lines = test.logged.slice(logged).join('');
      expect(lines).not.toContain(made.key);
      expect(lines).not.toContain(made.key.split('_')[3]);
    });

    it('in its own header is logged nowhere, whether it is good or not', async () => {
      const logged = test.logged.length;
      const bad = wrong();
      expect((await show(made.key, '203.0.113.40')).status).toBe(200);
      expect((await show(bad, '203.0.113.40')).status).toBe(401);
      const lines = test.logged.slice(logged).join('');
      expect(test.logged.length).toBeGreaterThan(logged);
      for (const key of [made.key, bad]) expect(lines).not.toContain(key.split('_')[3]);
    });

    it('beside another credential, or twice, is one too many', async () => {
      const { token } = await new Make(test).signedIn();
      const both = { 'x-api-key': made.key, authorization: `Bearer ${token}` };
      const twice = { 'x-api-key': [made.key, made.key] as unknown as string };
      for (const headers of [both, twice]) {
        const answer = await new Client(test).send({ ...OF_ME, headers });
        expectProblem(answer, 400, 'ambiguous_credentials');
      }
    });
  });
});
