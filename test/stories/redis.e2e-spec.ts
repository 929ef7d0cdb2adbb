import { setTimeout as sleep } from 'node:timers/promises';
import { KeyRing } from '../../src/config/key-ring.js';
import { NewsService } from '../../src/database/news/news.service.js';
import { RedisService } from '../../src/database/redis/redis.service.js';
import { LiveSessionsService } from '../../src/sessions/live-sessions.service.js';
import { SessionReaderService } from '../../src/sessions/session-reader.service.js';
import { SharedSessionsService } from '../../src/sessions/shared-sessions.service.js';
import { Client } from '../support/client.js';
import { behindItsBack } from '../support/heard.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { hasRedis, RedisServer } from '../support/redis-server.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const withRedis = hasRedis ? describe : describe.skip;

withRedis('The shared cache of sessions (skipped where there is no redis-server)', () => {
  const redis = new RedisServer();
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    await redis.start();
    test = await startTestApp({ environment: { REDIS_URL: redis.url } });
    make = new Make(test);
    await trusted();
  });
  afterAll(async () => {
    await test.close();
    await redis.kill();
  });

  const keyOf = (id: string) => `gatehouse:session:${id}`;
  const inCache = (id: string) => redis.use((client) => client.get(keyOf(id)));
  const sessionOf = async (userId: string): Promise<string> => {
    const [row] = await test.database.query<{ id: string }[]>(
      'SELECT id FROM sessions WHERE user_id = $1',
      [userId],
    );
    return row?.id ?? '';
  };
  /** Somebody who was asked for once, so that the session is in memory and in the cache. */
  const signedIn = async () => {
    const made = await make.signedIn();
    expect((await made.client.me()).status).toBe(200);
    await sleep(20);
    const id = await sessionOf(made.user.id);
    return { ...made, id, shared: await inCache(id) };
  };
  const eventually = async (ask: () => Promise<boolean>) => {
    for (let i = 0; i < 150; i++) {
      if (await ask()) return;
      await sleep(50);
    }
    throw new Error('Never');
  };
  /** Just started, or just cut off, a node trusts nothing of it for as long as an entry lives. */
  const trusted = async () => {
    const { id, client } = await make.signedIn().then(async (made) => ({
      ...made,
      id: await sessionOf(made.user.id),
    }));
    await eventually(async () => {
      await client.me();
      return (await shared().read(id)) !== undefined;
    });
  };
  const read = (id: string) => test.app.get(SessionReaderService, { strict: false }).read(id);
  const shared = () => test.app.get(SharedSessionsService, { strict: false });
  /** What a node would do to which the news are still on their way. */
  const elsewhere = () => {
    const news = test.app.get(NewsService, { strict: false });
    const deaf = { isLive: true, databaseTime: news.databaseTime, onChange: () => undefined };
    return new SharedSessionsService(
      test.app.get(RedisService, { strict: false }),
      deaf as unknown as NewsService,
      test.app.get(KeyRing, { strict: false }),
    );
  };

  it('holds what was read from the database, for five seconds, and no secret', async () => {
    const { id, shared: text, token } = await signedIn();
    const life = await redis.use((client) => client.pttl(keyOf(id)));
    expect(life).toBeGreaterThan(0);
    expect(life).toBeLessThanOrEqual(5000);
    expect(text).not.toContain(token);
    const found = await read(id);
    expect(found).toMatchObject({ fact: { id }, life: expect.any(Number) as number });
    expect(found?.fact.authenticatedAt).toBeInstanceOf(Date);
  });

  it('lets go of what has ended before the answer that says so, and takes no late comer', async () => {
    const { id, client, user } = await signedIn();
    const late = await test.app.get(LiveSessionsService, { strict: false }).find(id);
    await client.post('/v1/auth/logout');
    expectProblem(await client.me(), 401, 'invalid_token');
    expect(await inCache(id)).toBeNull();
    expect(late).toMatchObject({ id });
    await elsewhere().write(late!, Date.now() - 1000);
    expect(await inCache(id)).toBeNull();
    expect(await sessionOf(user.id)).toBe('');
  });

  it('lets go of what was ended with SQL', async () => {
    const { id, client, user } = await signedIn();
    await behindItsBack(test, 'DELETE FROM sessions WHERE user_id = $1', [user.id]);
    expectProblem(await client.me(), 401, 'invalid_token');
    expect(await inCache(id)).toBeNull();
  });

  it.each(['another key', 'another session', 'nonsense', 'more life'])(
    'is not believed with %s',
    async (what) => {
      const [mine, other] = [await signedIn(), await signedIn()];
      const text = mine.shared ?? '';
      const forged: Record<string, string> = {
        'another key': `${'A'.repeat(43)}.${text.slice(44)}`,
        'another session': other.shared ?? '',
        nonsense: '{"id":1}',
        'more life': text.replace(/"expiresAt":\d/, '"expiresAt":9'),
      };
      await redis.use((client) => client.set(keyOf(mine.id), forged[what] ?? '', 'PX', 4000));
      expect(await shared().read(mine.id)).toBeUndefined();
      expect(await read(mine.id)).toMatchObject({ fact: { id: mine.id, userId: mine.user.id } });
    },
  );

  it('is heard of single rows, and of nothing else that somebody says there', async () => {
    const [stays, told] = [await signedIn(), await signedIn()];
    const live = test.app.get(LiveSessionsService, { strict: false });
    const junk = ['sessions', 'sessions:', `sessions:${stays.id}x`, ':', '', 'x'.repeat(100_000)];
    await redis.use(async (somebody) => {
      for (const item of [...junk, `sessions:${told.id}`]) {
        await somebody.publish('gatehouse:news', item);
      }
    });
    await eventually(() => Promise.resolve(live.peek(told.id) === undefined));
    expect(live.peek(stays.id)).toMatchObject({ id: stays.id });
  });

  it('takes a hundred thousand endings at once, and is not believed for a while', async () => {
    const { id, client } = await signedIn();
    await behindItsBack(
      test,
      `SELECT count(pg_notify('gatehouse', 'sessions:' || gen_random_uuid())) FROM generate_series(1, 100000)`,
    );
    expect((await client.me()).status).toBe(200);
    expect(await shared().read(id)).toBeUndefined();
    expect(test.logged.filter((line) => line.includes('The news channel is lost'))).toEqual([]);
    await trusted();
  });

  it('signs nobody out when it is killed, stopped, or back and empty', async () => {
    const { client } = await signedIn();
    const ask = async () => {
      const answers = await Promise.all(Array.from({ length: 20 }, () => client.me()));
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    };
    redis.signal('SIGSTOP');
    for (let i = 0; i < 3; i++) {
      await ask();
      await sleep(50);
    }
    redis.signal('SIGCONT');
    await redis.kill();
    await ask();
    const told = () => test.logged.filter((line) => line.includes('Redis is away'));
    await eventually(() => Promise.resolve(told().length > 0));
    await ask();
    expect(told()).toHaveLength(1);
    await redis.start();
    await ask();
    const isBack = (line: string) => line.includes('Redis is back');
    await eventually(() => Promise.resolve(test.logged.some(isBack)));
  });

  it('is not believed by a node that has heard the end, whatever was put back', async () => {
    const { id, client, user, shared: text } = await signedIn();
    await behindItsBack(test, 'DELETE FROM sessions WHERE user_id = $1', [user.id]);
    await redis.use(async (attacker) => {
      await attacker.del(`gatehouse:ended:${id}`);
      await attacker.set(keyOf(id), text ?? '', 'PX', 4000);
    });
    expectProblem(await client.me(), 401, 'invalid_token');
    expect(await shared().read(id)).toBeUndefined();
  });

  it('is not believed in what could not be taken out of it', async () => {
    const { id, client } = await signedIn();
    await redis.use((admin) => admin.config('SET', 'min-replicas-to-write', '1')); // it refuses writes
    await client.post('/v1/auth/logout');
    await redis.use((admin) => admin.config('SET', 'min-replicas-to-write', '0'));
    expect(await inCache(id)).not.toBeNull();
    expectProblem(await client.me(), 401, 'invalid_token');
    expect(await shared().read(id)).toBeUndefined();
  });

  it('is not believed five seconds after the database was read, whatever life Redis gives', async () => {
    const { id, shared: text } = await signedIn();
    await redis.use((attacker) => attacker.set(keyOf(id), text ?? ''));
    expect(await elsewhere().read(id)).toMatchObject({ fact: { id } });
    await eventually(async () => (await elsewhere().read(id)) === undefined);
    expect(await inCache(id)).not.toBeNull();
  });

  it('lets nobody in on a node that was not there when the session ended', async () => {
    const { id, user, token, shared: text } = await signedIn();
    await behindItsBack(test, 'DELETE FROM sessions WHERE user_id = $1', [user.id]);
    const [other, stays] = [
      await startTestApp({ environment: { REDIS_URL: redis.url } }),
      await signedIn(),
    ];
    const otherShared = other.app.get(SharedSessionsService, { strict: false });
    await redis.use(async (attacker) => {
      await attacker.del(`gatehouse:ended:${id}`);
      await attacker.set(keyOf(id), text ?? '');
    });
    await eventually(async () => {
      await read(stays.id);
      return (await otherShared.read(stays.id)) !== undefined;
    });
    const client = new Client(other, token);
    expectProblem(await client.me(), 401, 'invalid_token');
    await other.close();
  });
});

it('A server starts without the Redis that it was told of, and works', async () => {
  const test = await startTestApp({ environment: { REDIS_URL: 'redis://:secret@127.0.0.1:1' } });
  const { client } = await new Make(test).signedIn();
  expect(await client.me()).toMatchObject({ status: 200 });
  await sleep(50);
  expect(test.logged.join('')).not.toContain('secret');
  await test.close();
});
