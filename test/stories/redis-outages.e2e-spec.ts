import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import type { Redis } from 'ioredis';
import { RedisService } from '../../src/database/redis/redis.service.js';
import { hasRedis, RedisServer } from '../support/redis-server.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const withRedis = hasRedis ? describe : describe.skip;

withRedis('A Redis that hangs (skipped where there is no redis-server)', () => {
  const server = new RedisServer();
  let test: TestApp;
  let redis: RedisService;

  beforeAll(async () => {
    await server.start();
    test = await startTestApp({ environment: { REDIS_URL: server.url } });
    redis = test.app.get(RedisService, { strict: false });
  });
  beforeEach(() => until(answers));
  afterEach(() => {
    server.signal('SIGCONT');
  });
  afterAll(async () => {
    await test.close();
    await server.kill();
  });

  const until = async (ask: () => boolean | Promise<boolean>) => {
    for (let i = 0; i < 300; i++) {
      if (await ask()) return;
      await sleep(50);
    }
    throw new Error('Never');
  };
  const answers = async () => (await redis.ask((client) => client.ping())) !== undefined;
  const told = (what: string) => test.logged.filter((line) => line.includes(what)).length;
  const hang = async () => {
    server.signal('SIGSTOP');
    await until(async () => !(await answers()));
  };

  it('is told of when it begins and when it ends, each time', async () => {
    const [away, back] = [told('Redis is away'), told('Redis is back')];
    for (const outage of [1, 2]) {
      await hang();
      expect(told('Redis is away')).toBe(away + outage);
      server.signal('SIGCONT');
      await until(() => told('Redis is back') === back + outage);
    }
    expect(told('Redis is away')).toBe(away + 2);
  });

  it('costs no request anything once it is known', async () => {
    await hang();
    const asked = jest.fn((client: Redis) => client.ping());
    for (let i = 0; i < 50; i++) {
      expect(await redis.ask(asked)).toBeUndefined();
      await sleep(50);
    }
    expect(asked).not.toHaveBeenCalled();
  });

  it('is asked no more than it can be expected to answer', async () => {
    server.signal('SIGSTOP');
    const asked = jest.fn((client: Redis) => client.ping());
    await Promise.all(Array.from({ length: 5000 }, () => redis.ask(asked)));
    expect(asked.mock.calls.length).toBeGreaterThan(0);
    expect(asked.mock.calls.length).toBeLessThanOrEqual(1000);
  });

  it('for long is used again when it wakes, and so is one that hung while it was connected to', async () => {
    await hang();
    await sleep(5000); // the connection is given up meanwhile, and the next one gets no answer either
    expect(await answers()).toBe(false);
    server.signal('SIGCONT');
    await until(answers);
  });

  it('is not confused with a node that is busy: an answer that is there is read', async () => {
    await turn();
    const answer = redis.ask((client) => client.echo('here'));
    const end = performance.now() + 250;
    while (performance.now() < end);
    expect(await answer).toEqual({ answer: 'here' });
  });

  it('is not confused with one that refuses a command', async () => {
    const away = told('Redis is away');
    await server.use((client) => client.config('SET', 'min-replicas-to-write', '1'));
    for (let i = 0; i < 3; i++) {
      expect(await redis.ask((client) => client.set('x', '1'))).toBeUndefined();
      expect(await answers()).toBe(true);
    }
    await server.use((client) => client.config('SET', 'min-replicas-to-write', '0'));
    expect(told('Redis is away')).toBe(away);
    expect(told('Redis refuses a command: NOREPLICAS')).toBe(1);
  });

  // Last: whoever is started last logs for all.
  it('from the start is told of, though it takes the connection', async () => {
    server.signal('SIGSTOP');
    const other = await startTestApp({ environment: { REDIS_URL: server.url } });
    const lines = (what: string) => other.logged.filter((line) => line.includes(what));
    await until(() => lines('Redis is away: it does not answer').length > 0);
    server.signal('SIGCONT');
    await until(() => lines('Redis is back').length > 0);
    expect(lines('Redis is away')).toHaveLength(1);
    await other.close();
  });
});
