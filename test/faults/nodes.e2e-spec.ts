import { spawnSync } from 'node:child_process';
import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { removeProgram } from '../support/server-process.js';
import { expectSoon } from './expect-soon.js';
import { describeFleet, Fleet, FULL, itInFull } from './fleet.js';
import type { Load } from './load.js';
import { underLoad } from './under-load.js';

jest.setTimeout(300_000);

const KILLS = FULL ? 20 : 2;
const SPELL = FULL ? 20_000 : 3000;
/** Milliseconds that a node may take to end: `SHUTDOWN_TIMEOUT`, which nothing should need. */
const GRACE = 10_000;

describeFleet('While nodes come and go under load', () => {
  const fleet = new Fleet();

  beforeAll(() => fleet.start());
  afterAll(async () => {
    await fleet.stop();
    removeProgram();
  });

  it(`Y01, Y05, Y13, Y19 killed ${String(KILLS)} times at random: whatever was under way is whole, or has not happened`, () =>
    underLoad(fleet, {
      id: 'Y kill -9',
      fault: async () => {
        for (let i = 0; i < KILLS; i++) {
          await sleep(Math.random() * 1000);
          await fleet.replace(i % 2);
        }
      },
      within: 8000, // HAProxy has to find out
    }));

  it('T07, T08 told to end, one after the other, as an upgrade does: behind HAProxy no request fails', async () => {
    const ends: { code: number | null | undefined; took: number }[] = [];
    await underLoad(fleet, {
      id: 'T07',
      throughProxy: true,
      fault: async () => {
        for (let i = 0; i < (FULL ? 6 : 2); i++) {
          ends.push(await fleet.restart(i % 2));
          await fleet.proxy.sends(2);
        }
      },
      expect: (load) => {
        expect(Object.keys(load.counted()).filter(failed)).toEqual([]);
      },
    });
    for (const { code, took } of ends) {
      expect(code).toBe(0);
      expect(took).toBeLessThan(GRACE);
    }
  });

  it('T20 one killed for good, while the database restarts: the other one goes on', async () => {
    await underLoad(fleet, {
      id: 'T20',
      fault: async () => {
        await Promise.all([fleet.nodes[0]?.kill(), fleet.primary.stop('SIGQUIT')]);
        await fleet.primary.start();
        await sleep(SPELL);
        await fleet.launch(0);
      },
      within: 8000,
    });
  });

  itInFull(
    'T16 started while the database, Redis and the mail server are away: serves nobody, then everybody',
    async () => {
      await Promise.all([fleet.redis.kill(), fleet.mails.stop(), fleet.primary.stop()]);
      const back = (async () => {
        await sleep(4000);
        expect(fleet.nodes[1]?.output).not.toContain('is ready');
        await fleet.primary.start();
      })();
      await fleet.nodes[1]?.kill();
      await Promise.all([fleet.launch(1), back]);
      await Promise.all([fleet.redis.start(), fleet.mails.start()]);
      expectSoon(await fleet.recovered());
    },
  );

  it('Z07 with few files to open: who comes too much is refused, and nothing breaks', async () => {
    const pid = String(fleet.nodes[0]?.pid);
    const limited = spawnSync('prlimit', ['--pid', pid, '--nofile=80:4096']).status === 0;
    if (!limited) return;
    await underLoad(fleet, {
      id: 'Z07',
      fault: async () => {
        const statuses = await storm(`${fleet.url(0)}/health/live`, 400);
        expect([...statuses].filter((status) => status !== 200 && status !== 0)).toEqual([]);
      },
      mend: () => {
        spawnSync('prlimit', ['--pid', pid, '--nofile=4096:4096']);
        return Promise.resolve();
      },
    });
  });

  it('Z11 when 1,000 connections come at once: all are served within 10 s', async () => {
    const began = performance.now();
    const statuses = await storm(`${fleet.proxy.url}/health/live`, 1000);
    expect([...statuses]).toEqual([200]);
    expectSoon(performance.now() - began, 10_000);
  });

  const failed = (status: string) => Number(status) === 0 || Number(status) >= 500;

  itInFull(
    'Z08 when everybody tries again at once, thrice, after a restart of the database: it recovers',
    () =>
      underLoad(fleet, {
        id: 'Z08',
        fault: async (load: Load) => {
          await fleet.primary.stop('SIGQUIT');
          const insist = async () => {
            for (let i = 0; i < 3; i++) {
              const { status } = await load.ask('GET', 'users/me', {
                headers: { cookie: fleet.probe.cookie },
              });
              if (status === 200) return;
            }
          };
          const all = Promise.all(Array.from({ length: 300 }, insist));
          await fleet.primary.start();
          await all;
        },
        mend: () => Promise.resolve(),
      }),
  );
});

/** Each on a connection of its own, all at once; what they were answered. */
async function storm(url: string, count: number): Promise<Set<number>> {
  const agent = new Agent({ keepAlive: true, maxSockets: Infinity });
  const one = () =>
    new Promise<number>((resolve) => {
      const sent = get(url, { agent, timeout: 10_000 }, (answer) => {
        answer.resume().on('end', () => {
          resolve(answer.statusCode ?? 0);
        });
      });
      sent.on('timeout', () => sent.destroy());
      sent.on('error', () => {
        resolve(0);
      });
    });
  const statuses = await Promise.all(Array.from({ length: count }, one));
  agent.destroy();
  return new Set(statuses);
}
