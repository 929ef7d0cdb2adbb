import { fork } from 'node:child_process';
import { once } from 'node:events';
import { ownDatabase } from '../lib/database.mjs';

/**
 * 100,000 remembered sessions, each of another user, cost less than 100 MB, and no more are remembered though
 * 1,000,000 pass through. Five seconds make a fact old, but not gone: it is the number that bounds the memory.
 */
export async function memory() {
  const database = await ownDatabase();
  try {
    const child = fork('bench/servers/memory.mjs', [database.url, '1000000'], {
      execArgv: ['--expose-gc'],
    });
    const [result] = await once(child, 'message');
    console.table(result);
    return result;
  } finally {
    await database.close();
  }
}
