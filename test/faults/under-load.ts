import { setTimeout as sleep } from 'node:timers/promises';
import { expectSoon } from './expect-soon.js';
import { type Fleet, FULL } from './fleet.js';
import { violations } from './invariants.js';
import { Load, type LoadOptions } from './load.js';

export interface Case extends LoadOptions {
  /** As the catalogue calls it. */
  readonly id: string;
  /** What goes wrong, and for how long. */
  readonly fault: (load: Load) => Promise<unknown>;
  /** What brings it back; recovery is counted from its end. */
  readonly mend?: () => Promise<unknown>;
  /** Milliseconds that recovery may take. */
  readonly within?: number;
  /** What is true of the answers, beside what always is. */
  readonly expect?: (load: Load, during: readonly number[]) => void;
}

const CALM = FULL ? 8000 : 1500;

/**
 * Runs the load, lets it fail, and mends it; then nothing that was acknowledged is lost, nobody was let in who may not
 * be, no node ended or said what nothing explains, and no invariant of the data is broken.
 */
export async function underLoad(fleet: Fleet, given: Case): Promise<void> {
  const pids = fleet.nodes.map(({ pid }) => pid);
  const load = await Load.on(fleet, { rate: FULL ? 40 : 25, ...given });
  try {
    await judge(fleet, load, given);
  } finally {
    await load.stop();
  }
  expect(fleet.complaints()).toEqual([]);
  if (given.mend !== undefined) expect(fleet.nodes.map(({ pid }) => pid)).toEqual(pids);
}

async function judge(fleet: Fleet, load: Load, given: Case): Promise<void> {
  await sleep(CALM);
  const before = load.answers.length;
  await given.fault(load);
  await given.mend?.();
  const took = await fleet.recovered();
  const during = load.answers.slice(before).map(({ status }) => status);
  await sleep(CALM);
  await load.stop();
  report(given.id, load, before, took);
  expect(await load.ledger.check()).toEqual([]);
  given.expect?.(load, during);
  expectSoon(took, given.within);
  expect(await violations(fleet)).toEqual({});
  expect(await load.ledger.withoutMail(45_000)).toEqual([]);
}

function report(id: string, load: Load, before: number, recovered: number): void {
  if (!FULL && process.env['FAULTS_REPORT'] === undefined) return;
  const { registered, ghosts, keys, ofProxy } = load.ledger;
  const told = {
    id,
    recoveredMs: Math.round(recovered),
    asked: load.answers.length,
    calm: load.answers.slice(0, before).filter(({ status }) => status < 300 && status > 0).length,
    afterwards: load.counted(before),
    ofProxy,
    longestMs: Math.round(load.longest),
    acknowledged: { registered: registered.length, ended: ghosts.length, keys: keys.length },
  };
  process.stdout.write(`${JSON.stringify(told)}\n`);
}
