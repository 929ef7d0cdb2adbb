import { fork } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { pinned } from './load.mjs';

/** A server of the bench's own (`bench/servers`), on core 0 if wished, on this database, with its log in a file. */
export function forkServer(script, { port, database, env = {}, onCore0 = true, flags = [] }) {
  const [program, ...args] = onCore0 ? pinned(0, [process.execPath]) : [process.execPath];
  return fork(script, {
    execPath: program,
    execArgv: [...args, '--max-semi-space-size=4', ...flags],
    env: {
      ...process.env,
      PORT: `${port}`,
      DATABASE_URL: database.url,
      DATA_DIR: database.dataDir,
      ...env,
    },
    stdio: ['ignore', openSync(join(database.dataDir, 'server.log'), 'a'), 'inherit', 'ipc'],
  });
}

/** What it says once it serves. @throws if it ends before */
export async function toldBy(server) {
  const [told] = await Promise.race([once(server, 'message'), once(server, 'exit')]);
  if (typeof told !== 'object' || told === null) throw new Error('The server of the bench ended');
  return told;
}
