import { randomBytes } from 'node:crypto';
import { Counters } from '../../src/rate-limits/counters.js';
import { MemoryCounters } from '../../src/rate-limits/memory-counters.js';
import { makeKey, type MadeKey } from '../support/api-keys.js';
import type { Answer } from '../support/client.js';
import { behindItsBack } from '../support/heard.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { statementsOf } from '../support/queries.js';
import { hasRedis, RedisServer } from '../support/redis-server.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const redis = new RedisServer();
const STORES = ['memory', 'database', ...(hasRedis ? ['redis'] : [])];

const statuses = (answers: readonly Answer[]) => answers.map(({ status }) => status);
const allowed = (answers: readonly Answer[]) =>
  statuses(answers).filter((status) => status === 200).length;

describe.each(STORES)('The own limit of an API key, counted in the %s', (store) => {
  let test: TestApp;

  beforeAll(async () => {
    if (store === 'redis') await redis.start();
    const more = store === 'redis' ? { REDIS_URL: redis.url } : {};
    test = await startTestApp({ environment: { RATE_LIMIT_STORE: store, ...more } });
  });
  afterAll(async () => {
    await test.close();
    if (store === 'redis') await redis.kill();
  });

  const limited = async (limit: number, window = 60): Promise<MadeKey> => {
    const { user } = await new Make(test).user();
    return makeKey(test, user.id, { rateLimit: { limit, window } });
  };
  const atOnce = (count: number, { client }: MadeKey) =>
    Promise.all(Array.from({ length: count }, () => client.me()));

  it('is told with each answer, and past it when to come again', async () => {
    const { client } = await limited(3);
    for (let left = 2; left >= 0; left--) {
      const { status, headers } = await client.me();
      expect(status).toBe(200);
      expect(headers['ratelimit-policy']).toBe('"api-key";q=3;w=60');
      expect(headers['ratelimit']).toMatch(new RegExp(`^"api-key";r=${String(left)};t=\\d+$`));
    }
    const refused = await client.me();
    expectProblem(refused, 429, 'too_many_requests');
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(50);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60);
    expect(refused.headers['ratelimit']).toMatch(/^"api-key";r=0;t=\d+$/);
    test.clock.forward(60);
    expect((await client.me()).status).toBe(200);
  });

  it('is told beside that of a route which has one of its own', async () => {
    const { client } = await limited(3);
    const { status, headers } = await client.post('/v1/auth/email/verify', { token: 'none' });
    expect(status).toBe(400);
    expect(headers['ratelimit-policy']).toMatch(/^"api-key";q=3;w=60, "[\w-]+";q=\d+;w=\d+$/);
    expect(headers['ratelimit']).toMatch(/^"api-key";r=2;t=\d+, "[\w-]+";r=\d+;t=\d+$/);
  });

  it.each([1, 7, 30, 100])('of %d lets so many of 150 pass at once', async (limit) => {
    const made = await limited(limit);
    const answers = await atOnce(150, made);
    expect(allowed(answers)).toBe(limit);
    expect(statuses(answers).filter((status) => status === 429)).toHaveLength(150 - limit);
  });

  it('is no other key’s, and nobody’s who has none', async () => {
    const one = await limited(1);
    const other = await makeKey(test, one.row.userId, { rateLimit: { limit: 1, window: 60 } });
    const free = await makeKey(test, one.row.userId);
    expect(statuses(await atOnce(3, one)).sort()).toEqual([200, 429, 429]);
    expect((await other.client.me()).status).toBe(200);
    const { status, headers } = await free.client.me();
    expect(status).toBe(200);
    expect(headers).not.toHaveProperty('ratelimit');
    expect(headers).not.toHaveProperty('ratelimit-policy');
  });

  it('that is raised holds at once, from where it was', async () => {
    const made = await limited(2);
    expect(statuses(await atOnce(3, made)).sort()).toEqual([200, 200, 429]);
    await behindItsBack(test, 'UPDATE api_keys SET rate_limit = 4 WHERE id = $1', [made.id]);
    expect(statuses(await atOnce(3, made)).sort()).toEqual([200, 200, 429]);
  });

  it('counts what was refused for other reasons, but never a wrong secret', async () => {
    const made = await limited(2);
    expect((await made.client.get('/v1/users/me/sessions')).status).toBe(403);
    expect((await made.client.get('/v1/users/me/sessions')).status).toBe(403);
    expectProblem(await made.client.get('/v1/users/me/sessions'), 429, 'too_many_requests');
  });

  it('asks for a twentieth at a time, never for each request', async () => {
    const { client } = await limited(200);
    await client.me();
    const asked = jest.spyOn(test.app.get(Counters, { strict: false }), 'add');
    const statements = await statementsOf(async () => {
      for (let i = 0; i < 9; i++) await client.me();
    });
    expect(statements).toEqual([]);
    expect(asked).not.toHaveBeenCalled();
    for (let i = 0; i < 190; i++) expect((await client.me()).status).toBe(200);
    expect(asked).toHaveBeenCalledTimes(19);
    for (let i = 0; i < 20; i++) expect((await client.me()).status).toBe(429);
    expect(asked).toHaveBeenCalledTimes(19);
    asked.mockRestore();
  });

  it('is counted in parts that fit, by many at once', async () => {
    const counters = test.app.get<Counters>(Counters, { strict: false });
    const key = randomBytes(16);
    const quota = { name: 'test', limit: 100, window: 60 };
    const now = test.clock.millis();
    const counts = await Promise.all(
      Array.from({ length: 40 }, (_, i) => counters.add(key, quota, now, (i % 7) + 1)),
    );
    expect(counts.reduce((sum, { taken }) => sum + taken, 0)).toBe(100);
    for (const { count, taken } of counts) {
      expect(count === undefined).toBe(taken === 0);
      expect(count ?? 0).toBeLessThanOrEqual(100);
    }
    expect(await counters.add(key, quota, now)).toMatchObject({ count: undefined, taken: 0 });
    const another = await counters.add(randomBytes(16), quota, now, 300);
    expect(another).toMatchObject({ count: 100, taken: 100 });
  });
});

describe('The own limit of an API key while its store is away', () => {
  it('lets pass what was taken before, and nothing more', async () => {
    const test = await startTestApp({ environment: { RATE_LIMIT_STORE: 'memory' } });
    const { user } = await new Make(test).user();
    const { client } = await makeKey(test, user.id, { rateLimit: { limit: 100, window: 60 } });
    expect((await client.me()).status).toBe(200);
    const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const store = jest
      .spyOn(test.app.get(MemoryCounters, { strict: false }), 'add')
      .mockRejectedValue(away);
    const answers: Answer[] = [];
    for (let i = 0; i < 6; i++) answers.push(await client.me());
    expect(statuses(answers)).toEqual([200, 200, 200, 200, 503, 503]);
    store.mockRestore();
    expect((await client.me()).status).toBe(200);
    await test.close();
  });
});
