import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { compileSources } from '../support/compiled-sources.js';
import { removeProgram } from '../support/server-process.js';
import { expectSoon } from './expect-soon.js';
import { describeFleet, Fleet } from './fleet.js';
import { violations } from './invariants.js';
import { Load } from './load.js';
import { childrenOf } from './postgres-pair.js';

/** `SOAK_MINUTES=30 SOAK_RATE=60 npm run soak`: the rate should be about 70 % of what the machine bears. */
const MINUTES = Number(process.env['SOAK_MINUTES'] ?? 30);
const RATE = Number(process.env['SOAK_RATE'] ?? 60);
const WHOLE = MINUTES * 60_000;
/** In the first part things happen; the second is calm, and nothing may grow. */
const EVENTFUL = WHOLE / 3;
/** How much of its memory a process may seem to gain in the calm part: garbage comes and goes. */
const GROWTH = 0.1;

/** What holds no more rows at the end than there are people at work. */
const STEADY = [
  'mail_queue',
  'login_challenges',
  'passkey_challenges',
  'totp_enrollments',
  'social_flows',
  'social_codes',
  'signing_keys',
  '(SELECT FROM audit_events WHERE sequence IS NULL) unsealed',
];
const SLACK = 200;

jest.setTimeout(WHOLE + 600_000);

describeFleet(`${String(MINUTES)} minutes of mixed load on two workers`, () => {
  const fleet = new Fleet({ nodes: 1, environment: { WEB_CONCURRENCY: '2' } });

  beforeAll(() => fleet.start());
  afterAll(async () => {
    await fleet.stop();
    removeProgram();
  });

  const happen = async (): Promise<void> => {
    const pause = () => sleep(EVENTFUL / 6);
    await rotate(fleet);
    await pause();
    await reload(fleet);
    await pause();
    await fleet.primary.stop('SIGINT');
    await fleet.primary.start();
    expectSoon(await fleet.recovered());
    await pause();
    await rotate(fleet);
    await reload(fleet);
    await pause();
    await fleet.redis.kill();
    await fleet.redis.start();
    await pause();
  };

  it('leaves nothing larger than it was, and no error that nothing explains', async () => {
    const load = await Load.on(fleet, { rate: RATE });
    await happen();
    await sleep(EVENTFUL / 6);
    const [before, calmFrom] = [await counts(fleet), load.answers.length];
    const memory = await watch(fleet, WHOLE - EVENTFUL);
    const after = await counts(fleet);
    const calm = load.counted(calmFrom);
    await load.stop();
    const growth = growthOf(memory);
    const verdict = { minutes: MINUTES, rate: RATE, asked: load.answers.length, calm, growth };
    process.stdout.write(`${JSON.stringify({ ...verdict, megabytes: memory.at(-1), after })}\n`);

    expect(await load.ledger.check()).toEqual([]);
    expect(Object.keys(calm).filter((status) => status === '0' || status >= '500')).toEqual([]);
    expect(growth).toBeLessThan(GROWTH);
    for (const [table, count] of Object.entries(after)) {
      expect([table, Math.max(0, count - (before[table] ?? 0) - SLACK)]).toEqual([table, 0]);
    }
    expect(await violations(fleet)).toEqual({});
    expect(fleet.complaints()).toEqual([]);
  });
});

/** Another key signs from now on, as an operator says. */
async function rotate(fleet: Fleet): Promise<void> {
  const folder = `${fleet.folder}/cli-${String(Date.now())}`;
  compileSources(folder);
  const environment = await fleet.environment(0);
  const child = spawn(process.execPath, ['src/cli/main.js', 'keys', 'rotate'], {
    cwd: folder,
    env: { PATH: process.env['PATH'], ...environment },
    stdio: 'ignore',
  });
  expect(await once(child, 'close')).toEqual([0, null]);
}

async function reload(fleet: Fleet): Promise<void> {
  const node = fleet.nodes[0];
  const said = () => node?.output.split('Reloaded.').length;
  const before = said();
  node?.signal('SIGHUP');
  for (let i = 0; i < 600 && said() === before; i++) await sleep(100);
  expect(said()).not.toBe(before);
}

async function counts(fleet: Fleet): Promise<Record<string, number>> {
  const counted: Record<string, number> = {};
  for (const table of STEADY) {
    const [row] = await fleet.query<{ n: number }>(`SELECT count(*)::int AS n FROM ${table}`);
    counted[table] = row?.n ?? 0;
  }
  return counted;
}

/** Megabytes of all processes of the node together, every ten seconds. */
async function watch(fleet: Fleet, millis: number): Promise<number[]> {
  const seen: number[] = [];
  const until = performance.now() + millis;
  while (performance.now() < until) {
    const pid = fleet.nodes[0]?.pid ?? 0;
    const sizes = [pid, ...childrenOf(pid)].map(residentOf);
    seen.push(sizes.reduce((sum, each) => sum + each, 0));
    await sleep(Math.min(10_000, millis / 12));
  }
  return seen;
}

function residentOf(pid: number): number {
  const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}

/** By which part of its mean the straight line through these grows from the first to the last. */
function growthOf(sizes: readonly number[]): number {
  const mean = sizes.reduce((sum, each) => sum + each, 0) / sizes.length;
  const middle = (sizes.length - 1) / 2;
  let [above, below] = [0, 0];
  for (const [i, size] of sizes.entries()) {
    above += (i - middle) * (size - mean);
    below += (i - middle) ** 2;
  }
  return ((above / below) * (sizes.length - 1)) / mean;
}
