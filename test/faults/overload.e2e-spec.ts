import { setTimeout as sleep } from 'node:timers/promises';
import { removeProgram } from '../support/server-process.js';
import { describeFleet, Fleet, itInFull } from './fleet.js';
import type { Load } from './load.js';
import { underLoad } from './under-load.js';

jest.setTimeout(300_000);

/** Requests a second; five times as many are already more than two nodes on two cores answer, who asks included. */
const BASE = 250;
const STEPS = [1, 2, 5, 10];
/** Milliseconds until a step is what it will be, and how long it is looked at. */
const RAMP = 3000;
const LOOK = 10_000;

describeFleet('While far more is asked than can be answered', () => {
  const fleet = new Fleet();

  beforeAll(() => fleet.start());
  afterAll(async () => {
    await fleet.stop();
    removeProgram();
  });

  /** Answers a second that are what was asked for. */
  const goodput = async (load: Load, rate: number): Promise<number> => {
    load.pace(rate);
    await sleep(RAMP);
    const from = load.answers.length;
    const began = performance.now();
    await sleep(LOOK);
    const good = load.answers.slice(from).filter(({ status }) => status >= 200 && status < 300);
    return good.length / ((performance.now() - began) / 1000);
  };

  itInFull('Z05 ten times the load: as much is answered as at the peak, or nearly', async () => {
    const reached: number[] = [];
    let busy: Load | undefined;
    await underLoad(fleet, {
      id: 'Z05',
      rate: BASE,
      crowd: STEPS.at(-1) ?? 1, // a person has so many guesses, those under way included
      fault: async (load) => {
        busy = load;
        for (const step of STEPS) reached.push(await goodput(load, BASE * step));
        process.stdout.write(`Z05 goodput a second: ${reached.map(Math.round).join(', ')}\n`);
        load.pace(BASE / 4);
      },
      mend: async () => {
        while ((busy?.pending ?? 0) > 20) await sleep(50); // what waits in line at those who ask
      },
      within: 10_000,
    });
    expect(reached.at(-1)).toBeGreaterThanOrEqual(Math.max(...reached) * 0.8);
  });
});
