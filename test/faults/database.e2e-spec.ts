import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { removeProgram } from '../support/server-process.js';
import { expectSoon } from './expect-soon.js';
import { describeFleet, Fleet, FULL, itInFull } from './fleet.js';
import type { Load } from './load.js';
import { underLoad } from './under-load.js';

jest.setTimeout(240_000);

/** Milliseconds that anybody may wait for an answer, whatever fails: 15 s for the database, and what is around it. */
const LONGEST = 20_000;
const SPELL = FULL ? 30_000 : 6000;

describeFleet('While the database fails under load', () => {
  const fleet = new Fleet();

  beforeAll(() => fleet.start());
  afterAll(async () => {
    await fleet.stop();
    removeProgram();
  });

  const expectRefusals = (load: Load, during: readonly number[]) => {
    expect(during).toContain(503);
    expect(load.longest).toBeLessThan(LONGEST);
  };

  it('X01 restarted: nothing acknowledged is lost, and all is well within 5 s', () =>
    underLoad(fleet, {
      id: 'X01 fast',
      fault: async () => {
        await fleet.primary.stop('SIGINT');
        await sleep(SPELL / 6);
      },
      mend: () => fleet.primary.start(),
      expect: expectRefusals,
    }));

  itInFull('X01 restarted at once, as after a crash: the same', () =>
    underLoad(fleet, {
      id: 'X01 immediate',
      fault: () => fleet.primary.stop('SIGQUIT'),
      mend: () => fleet.primary.start(),
    }),
  );

  it('X01 killed with all its processes: the same', () =>
    underLoad(fleet, {
      id: 'X01 kill -9',
      fault: () => fleet.primary.kill(),
      mend: () => fleet.primary.start(),
    }));

  it('X02 held up: every request ends in time, and who is not known is not let in', () =>
    underLoad(fleet, {
      id: 'X02 SIGSTOP',
      fault: async () => {
        fleet.primary.signal('SIGSTOP');
        await sleep(SPELL);
      },
      mend: () => {
        fleet.primary.signal('SIGCONT');
        return Promise.resolve();
      },
      expect: expectRefusals,
    }));

  it('X02 behind a network that swallows everything, and never says that connections are gone', () =>
    underLoad(fleet, {
      id: 'X02 black hole',
      fault: async () => {
        fleet.wire.swallow();
        await sleep(SPELL);
      },
      mend: () => fleet.wire.connect(),
      expect: expectRefusals,
    }));

  itInFull('X02 behind a network that is cut again and again', () =>
    underLoad(fleet, {
      id: 'X02 cut',
      fault: async () => {
        for (let i = 0; i < 10; i++) {
          await fleet.wire.cut();
          await sleep(Math.random() * 2000);
          await fleet.wire.connect();
          await sleep(Math.random() * 2000);
        }
      },
      mend: () => fleet.wire.connect(),
    }),
  );

  it('X04 read-only: nothing is accepted that could not be written down', () =>
    underLoad(fleet, {
      id: 'X04',
      fault: async () => {
        await fleet.primary.readOnly(true);
        await sleep(SPELL / 3);
      },
      mend: () => fleet.primary.readOnly(false),
      expect: expectRefusals,
    }));

  it('X01 without a connection to spare: refused, and well again within 5 s', async () => {
    const taken: pg.Client[] = [];
    await underLoad(fleet, {
      id: 'X01 connections',
      fault: async () => {
        fleet.wire.breakAll();
        await takeAll(await fleet.primary.url('postgres'), taken);
        fleet.wire.breakAll();
        await takeAll(await fleet.primary.url('postgres'), taken);
        await sleep(SPELL / 3);
      },
      mend: () => Promise.all(taken.map((client) => client.end().catch(() => undefined))),
    });
  });

  itInFull(
    'X07 half a second away, and losing packets: nobody waits for long, nothing collapses',
    () =>
      underLoad(fleet, {
        id: 'X07',
        fault: async () => {
          fleet.wire.delay(() => 250 + (Math.random() < 0.1 ? 500 : 0));
          await sleep(SPELL);
        },
        mend: () => {
          fleet.wire.delay(() => 0);
          return Promise.resolve();
        },
        expect: (load) => {
          expect(load.longest).toBeLessThan(LONGEST);
        },
      }),
  );

  itInFull(
    'Z01 with every table locked: who waits is told in time, and well again within 5 s',
    async () => {
      const locker = new pg.Client({ connectionString: await fleet.primary.url('fleet') });
      await locker.connect();
      await underLoad(fleet, {
        id: 'Z01',
        fault: async () => {
          await locker.query('BEGIN');
          await locker.query('LOCK TABLE users, sessions IN ACCESS EXCLUSIVE MODE');
          await sleep(SPELL);
        },
        mend: () => locker.query('ROLLBACK'),
        expect: (load) => {
          expect(load.longest).toBeLessThan(LONGEST);
        },
      });
      await locker.end();
      const idle = await fleet.query(
        `SELECT pid FROM pg_stat_activity WHERE state = 'idle in transaction' AND datname = 'fleet'
        AND state_change < now() - interval '2 seconds'`,
      );
      expect(idle).toEqual([]);
    },
  );

  it('Z02, X13 while a fifth of the callers hangs up: nobody gets the answer of another, no connection stays', async () => {
    await underLoad(fleet, {
      id: 'Z02 X13',
      impatient: 20,
      fault: () => sleep(SPELL),
    });
    expectSoon(await fleet.recovered());
    const [row] = await fleet.query<{ count: number }>(
      `SELECT count(*)::int AS count FROM pg_stat_activity WHERE application_name = 'gatehouse'`,
    );
    expect(row?.count).toBeLessThanOrEqual(fleet.nodes.length * 10 + 10);
  });
});

/** Takes connections until there are no more. */
async function takeAll(url: string, taken: pg.Client[]): Promise<void> {
  for (;;) {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    try {
      await client.connect();
      taken.push(client);
    } catch {
      return;
    }
  }
}
