import { fork } from 'node:child_process';
import { once } from 'node:events';
import { ownDatabase } from '../lib/database.mjs';
import { scaled } from '../lib/size.mjs';

const ABOUT =
  'What a node pays to remember 100,000 sessions, each of another user, and that it remembers no more though a million pass through.';

/**
 * 100,000 remembered sessions, each of another user, cost less than 100 MB, and no more are remembered though
 * 1,000,000 pass through. Five seconds make a fact old, but not gone: it is the number that bounds the memory.
 */
export async function memory() {
  const database = await ownDatabase();
  try {
    const child = fork('bench/servers/memory.mjs', [database.url, `${scaled(1_000_000)}`], {
      execArgv: ['--expose-gc'],
    });
    const [result] = await once(child, 'message');
    const megabytes = (name, bar) => ({
      name,
      value: result[name],
      unit: 'MB',
      ...(bar && { bar }),
    });
    return {
      about: ABOUT,
      rows: [
        megabytes('MB of heap for 100,000', { atMost: 100 }),
        megabytes('MB of heap after all'),
        megabytes('MB of RSS after all'),
        {
          name: 'sessions remembered in the end',
          value: result.remembered,
          bar: { atMost: 100_000 },
        },
      ],
      passed: result.passed,
    };
  } finally {
    await database.close();
  }
}
