import { setTimeout as sleep } from 'node:timers/promises';
import { removeProgram } from '../support/server-process.js';
import { ask } from './ask.js';
import { describeFleet, Fleet, FULL, itInFull } from './fleet.js';
import type { Load } from './load.js';
import type { Mood } from './mail-sink.js';
import { underLoad } from './under-load.js';

jest.setTimeout(240_000);

const SPELL = FULL ? 20_000 : 4000;

describeFleet('While Redis or the mail server fails under load', () => {
  const fleet = new Fleet();

  beforeAll(() => fleet.start());
  afterAll(async () => {
    await fleet.stop();
    removeProgram();
  });

  /** Nobody but HAProxy's checks may notice: no answer is lost, none is 503. */
  const expectUnnoticed = (_: Load, during: readonly number[]) => {
    expect(during.filter((status) => status === 0 || status >= 500)).toEqual([]);
  };

  /** How many of 12 passwords are tried at an account, whichever node is asked. */
  const tried = async () => {
    const { email } = await fleet.cast.member();
    let count = 0;
    for (let i = 0; i < 12; i++) {
      const body = { email, password: 'a wrong guess, a wrong guess' };
      const { status } = await ask('POST', `${fleet.url(i % 2)}/v1/auth/login`, { body });
      if (status === 401) count++;
    }
    return count;
  };

  const whileMails = (mood: Mood) => ({
    id: `X14 ${mood}`,
    fault: () => {
      fleet.mails.mood = mood;
      return sleep(SPELL);
    },
    mend: () => {
      fleet.mails.mood = 'takes';
      return Promise.resolve();
    },
  });

  it('X08 Redis killed: nobody notices, and nobody may guess more often', () =>
    underLoad(fleet, {
      id: 'X08 kill -9',
      fault: async () => {
        await fleet.redis.kill();
        expect(await tried()).toBe(5);
        await sleep(SPELL);
      },
      mend: () => fleet.redis.start(),
      expect: expectUnnoticed,
    }));

  itInFull('X08 Redis held up: nobody notices', () =>
    underLoad(fleet, {
      id: 'X08 SIGSTOP',
      fault: async () => {
        fleet.redis.signal('SIGSTOP');
        await sleep(SPELL);
      },
      mend: () => {
        fleet.redis.signal('SIGCONT');
        return Promise.resolve();
      },
      expect: expectUnnoticed,
    }),
  );

  it('X08 Redis emptied, again and again, and full: nobody notices', () =>
    underLoad(fleet, {
      id: 'X08 FLUSHALL, OOM',
      fault: async () => {
        for (let i = 0; i < 10; i++) {
          await fleet.redis.use((redis) => redis.flushall());
          await sleep(SPELL / 20);
        }
        await fleet.redis.use((redis) => redis.config('SET', 'maxmemory', '1'));
        await sleep(SPELL / 2);
      },
      mend: () => fleet.redis.use((redis) => redis.config('SET', 'maxmemory', '0')),
      expect: expectUnnoticed,
    }));

  it('X10 Redis restored to what it held before: of 100 sessions that have ended none comes back', async () => {
    const members = await fleet.cast.members(100);
    const see = (cookie: string, node: number) =>
      ask('GET', `${fleet.url(node)}/v1/users/me`, { headers: { cookie } });
    for (const { cookie } of members) expect((await see(cookie, 0)).status).toBe(200);
    await fleet.redis.use(async (redis) => {
      const keys = await redis.keysBuffer('*');
      const kept = await Promise.all(keys.map((key) => redis.dumpBuffer(key)));
      expect(kept.length).toBeGreaterThanOrEqual(100);
      await fleet.query(
        `DELETE FROM sessions WHERE user_id IN (${members.map(({ id }) => `'${id}'`).join()})`,
      );
      await redis.flushall();
      for (const [i, key] of keys.entries()) {
        const dump = kept[i];
        if (dump) await redis.restore(key, 600_000, dump);
      }
    });
    await sleep(1000);
    for (const { cookie } of members) {
      for (const node of [0, 1]) expect((await see(cookie, node)).status).toBe(401);
    }
  });

  it('X14 the mail server is away: answers are as ever, and each mail comes once it is back', async () => {
    await underLoad(fleet, {
      id: 'X14 away',
      fault: async () => {
        await fleet.mails.stop();
        await sleep(SPELL);
      },
      mend: () => fleet.mails.start(),
      expect: expectUnnoticed,
    });
    expect(fleet.mails.twice).toBe(0);
  });

  itInFull('X14 the mail server refuses for now: the same', async () => {
    await underLoad(fleet, { ...whileMails('refuses for now'), expect: expectUnnoticed });
    expect(fleet.mails.twice).toBe(0);
  });

  itInFull('X14 the mail server is slow: the same', async () => {
    await underLoad(fleet, { ...whileMails('is slow'), expect: expectUnnoticed });
    expect(fleet.mails.twice).toBe(0);
  });

  itInFull(
    'X14 the mail server takes mails and says nothing: a mail may come again, under one id',
    () =>
      underLoad(fleet, {
        ...whileMails('takes and hangs up'),
        expect: (load, during) => {
          expectUnnoticed(load, during);
          for (const to of load.ledger.registered) expect(fleet.mails.countTo(to)).toBeLessThan(2);
        },
      }),
  );
});
