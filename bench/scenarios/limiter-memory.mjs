import { fork } from 'node:child_process';
import { once } from 'node:events';

const ABOUT = 'What the limiter costs that counts 1,000,000 different callers in memory.';

/** 1,000,000 different callers, counted in memory and remembered as full, cost the limiter less than 50 MB. */
export async function limiterMemory() {
  const child = fork('bench/servers/limiter-memory.mjs', { execArgv: ['--expose-gc'] });
  const [result] = await once(child, 'message');
  const { callers, remembered } = result;
  return {
    about: ABOUT,
    callers,
    remembered,
    rows: [
      { name: 'heap', value: result['MB of heap'], unit: 'MB', bar: { atMost: 50 } },
      { name: 'resident', value: result['MB of RSS'], unit: 'MB' },
    ],
  };
}
