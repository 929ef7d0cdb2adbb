import { randomBytes } from 'node:crypto';
import { OpaqueToken } from '../../src/common/opaque-token.js';
import { LimitsSweepService } from '../../src/rate-limits/limits-sweep.service.js';
import type { Answer } from '../support/client.js';
import { Make, someEmail } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { hasRedis, RedisServer } from '../support/redis-server.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const SMALL = { REQUESTS_PER_ADDRESS: '3', RATE_LIMIT_WINDOW: '60', TRUST_PROXY: '1' };

const call = (test: TestApp, url: string, body: object, ip = '203.0.113.7') =>
  new Make(test).client.send({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', 'x-forwarded-for': ip },
    payload: JSON.stringify(body),
  });
const register = (test: TestApp, ip?: string) =>
  call(test, '/v1/auth/register', { email: someEmail(), password: 'a heron sleeps here' }, ip);
const statuses = (answers: readonly Answer[]) => answers.map(({ status }) => status);

describe.each(['memory', 'database'])(
  'Public routes that cost something, counted in the %s',
  (store) => {
    let test: TestApp;

    beforeAll(async () => {
      test = await startTestApp({ environment: { ...SMALL, RATE_LIMIT_STORE: store } });
      await test.database.query('DELETE FROM rate_counters');
    });
    afterAll(() => test.close());

    it.each([
      ['register', { email: 'x@example.com', password: 'short' }, 400],
      ['email/verification', { email: 'x@example.com' }, 202],
      ['email/verify', { token: 'none' }, 400],
    ])('%s is answered three times a minute to one address', async (path, body, usual) => {
      const url = `/v1/auth/${path}`;
      for (let left = 2; left >= 0; left--) {
        const answer = await call(test, url, body);
        expect(answer.status).toBe(usual);
        expect(String(answer.headers['ratelimit-policy'])).toMatch(/^"[\w-]+";q=3;w=60$/);
        expect(String(answer.headers['ratelimit'])).toMatch(
          new RegExp(`";r=${String(left)};t=\\d+$`),
        );
      }
      const refused = await call(test, url, body);
      expectProblem(refused, 429, 'too_many_attempts');
      expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60);
      expect((await call(test, url, body, '203.0.113.8')).status).toBe(usual);
      test.clock.forward(60);
      expect((await call(test, url, body)).status).toBe(usual);
    });

    it('are answered three times of 50 at once', async () => {
      const answers = await Promise.all(
        Array.from({ length: 50 }, () => register(test, '203.0.113.50')),
      );
      expect(statuses(answers).filter((status) => status === 202)).toHaveLength(3);
      expect(statuses(answers).filter((status) => status === 429)).toHaveLength(47);
    });

    it('let an address make up so many refresh tokens and no more', async () => {
      const forged = () => ({
        refreshToken: OpaqueToken.issue('ghr').reveal() + randomBytes(3).toString('hex'),
      });
      for (let i = 0; i < 30; i++) {
        expect((await call(test, '/v1/auth/refresh', forged())).status).toBe(401);
      }
      await call(test, '/v1/auth/refresh', forged());
      expectProblem(await call(test, '/v1/auth/refresh', forged()), 429, 'too_many_attempts');
      expect((await call(test, '/v1/auth/refresh', forged(), '203.0.113.9')).status).toBe(401);
    });

    it('F13 end no session, though its refresh token comes from an address that is full', async () => {
      const here = '203.0.113.70';
      const { email, password } = await new Make(test).user();
      const signedIn = await call(test, '/v1/auth/login', { email, password }, here);
      const { refreshToken } = signedIn.body as { refreshToken: string };
      for (let i = 0; i < 31; i++) {
        await call(test, '/v1/auth/refresh', { refreshToken: 'x' }, here);
      }
      const refused = await call(test, '/v1/auth/refresh', { refreshToken }, here);
      expectProblem(refused, 429, 'too_many_attempts');
      expect((await call(test, '/v1/auth/refresh', { refreshToken }, '203.0.113.71')).status).toBe(
        200,
      );
    });

    it('F13 count no genuine refresh: 300 in a row, and each token leads to the next', async () => {
      const { email, password } = await new Make(test).user();
      let { body } = await call(test, '/v1/auth/login', { email, password }, '203.0.113.72');
      for (let i = 0; i < 300; i++) {
        const { refreshToken } = body as { refreshToken: string };
        const answer = await call(test, '/v1/auth/refresh', { refreshToken }, '203.0.113.72');
        expect(answer.status).toBe(200);
        ({ body } = answer);
      }
    });

    it('are forgotten when their windows are over', async () => {
      await register(test, '203.0.113.60');
      test.clock.forward(3600);
      await test.app.get(LimitsSweepService, { strict: false }).sweep();
      expect(await test.database.query('SELECT 1 FROM rate_counters')).toEqual([]);
    });
  },
);

(hasRedis ? describe : describe.skip)('Public routes, counted in Redis', () => {
  const redis = new RedisServer();
  let test: TestApp;

  beforeAll(async () => {
    await redis.start();
    test = await startTestApp({
      environment: { ...SMALL, RATE_LIMIT_STORE: 'redis', REDIS_URL: redis.url },
    });
    await test.database.query('DELETE FROM rate_counters');
  });
  afterAll(async () => {
    await test.close();
    await redis.kill();
  });

  it('are answered three times of 50 at once, and leave nothing in the database', async () => {
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => register(test, '203.0.113.70')),
    );
    expect(statuses(answers).filter((status) => status === 202)).toHaveLength(3);
    expect(await test.database.query('SELECT 1 FROM rate_counters')).toEqual([]);
  });

  it('X08 are limited without Redis, too', async () => {
    await redis.kill();
    const answers: Answer[] = [];
    for (let i = 0; i < 6; i++) answers.push(await register(test, '203.0.113.71'));
    expect(statuses(answers)).toEqual([202, 202, 202, 429, 429, 429]);
  });
});
