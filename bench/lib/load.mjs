import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

const has = (command) => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
const canPin = has('taskset') && availableParallelism() > 1;

/** Runs a server on core 0 and the load on core 1, so that neither takes from the other. */
export const pinned = (core, command) =>
  canPin ? ['taskset', '-c', String(core), ...command] : command;

export const loadTool = has('wrk') ? 'wrk' : 'autocannon';

/** Requests per second that the server answered, from a process of its own. `refused`: every one with a refusal. */
export function measure(
  url,
  { seconds = 3, connections = 32, headers = {}, refused = false } = {},
) {
  const shown = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  const [program, ...args] = pinned(1, has('wrk') ? wrk(url) : autocannon(url));
  const output = execFileSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 24 });
  return has('wrk') ? readWrk(output, refused) : readAutocannon(output, refused);

  function wrk(target) {
    return ['wrk', '-t1', `-c${connections}`, `-d${seconds}s`, ...shown, target];
  }

  function autocannon(target) {
    const bin = join('node_modules', 'autocannon', 'autocannon.js');
    return [
      process.execPath,
      bin,
      '-j',
      '-c',
      `${connections}`,
      '-d',
      `${seconds}`,
      ...shown,
      target,
    ];
  }
}

function readWrk(output, refused) {
  if (/Non-2xx/.test(output) !== refused)
    throw new Error(`The server failed under load:\n${output}`);
  return Number(/Requests\/sec:\s+([\d.]+)/.exec(output)[1]);
}

function readAutocannon(output, refused) {
  const result = JSON.parse(output);
  const wrong = refused ? result['2xx'] : result.non2xx;
  if (wrong > 0 || result.errors > 0) throw new Error('The server failed under load');
  return result.requests.average;
}

/** Starts a server on core 0 and waits until it answers; its output goes to a file, as in real life. */
export async function start(command, { env = {}, url, output = 'ignore' }) {
  const [program, ...args] = pinned(0, command);
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', output, 'inherit'],
  });
  for (let i = 0; i < 300; i++) {
    if (child.exitCode !== null) throw new Error(`${command.join(' ')} ended`);
    const ready = await fetch(url).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ready) return child;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`${command.join(' ')} did not answer at ${url}`);
}

export function stop(child) {
  return new Promise((resolve) => {
    child.once('exit', resolve);
    child.kill('SIGTERM');
  });
}

/** Resident memory of the server process alone (its database is another), on Linux. */
export const residentMegabytes = ({ pid }) =>
  Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1000;
