import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDatabase } from './database.mjs';
import { pinned, stop } from './load.mjs';

const FOLDER = join('bench', 'peers');

/**
 * Their packages are no dependencies of the project: installed when they are first measured, by their own lock. False:
 * could not be, npm has said why.
 */
export function installPeers() {
  const lock = readFileSync(join(FOLDER, 'package-lock.json'), 'utf8');
  const stamp = join(FOLDER, 'node_modules', '.installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return true;
  console.log('Installing what is compared with …');
  rmSync(stamp, { force: true });
  const flags = ['--omit=optional', '--no-audit', '--no-fund', '--loglevel=error'];
  if (spawnSync('npm', ['ci', ...flags], { cwd: FOLDER, stdio: 'inherit' }).status !== 0)
    return false;
  writeFileSync(stamp, lock);
  return true;
}

/**
 * A peer in one process on core 0, with a database of its own on the same server. TypeScript is translated as it is
 * loaded. Its subjects are what `compare` takes, and `open` where nobody is asked for.
 */
export async function startPeer(file, { port, database, me, env = {} }) {
  const name = `peer_${port}`;
  const url = await createDatabase(database.url, name);
  const log = join(database.dataDir, `${name}.log`);
  const [program, ...args] = pinned(0, [process.execPath]);
  const translator = file.endsWith('.ts') ? ['--import', '@swc-node/register/esm-register'] : [];
  const child = fork(join(FOLDER, file), {
    execPath: program,
    execArgv: [...args, ...translator],
    env: {
      ...process.env,
      NODE_ENV: 'production',
      PORT: `${port}`,
      DATABASE_URL: url,
      LOG_FILE: log,
      ME: JSON.stringify(me),
      ...env,
    },
    stdio: ['ignore', openSync(log, 'a'), 'inherit', 'ipc'],
  });
  const [told] = await Promise.race([once(child, 'message'), once(child, 'exit')]);
  if (typeof told !== 'object' || told === null) throw new Error(`${file} ended`);
  const end = () => child.exitCode ?? child.signalCode ?? stop(child);
  return { subjects: subjectsOf(told.ways, port), stop: end };
}

export const subjectsOf = (ways, port) =>
  ways.map(({ path, ...way }) => ({ ...way, url: `http://127.0.0.1:${port}${path}` }));
