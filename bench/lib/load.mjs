import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

const has = (command) => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;
const canPin = has('taskset') && availableParallelism() > 1;

/** Runs a server on core 0 and the load on core 1, so that neither takes from the other. `cores` as taskset has them. */
export const pinned = (cores, command) =>
  canPin ? ['taskset', '-c', String(cores), ...command] : command;

export const loadTool = has('wrk') ? 'wrk' : 'autocannon';

/** Requests per second that the server answered, from a process of its own. `refused`: every one with a refusal. */
export function measure(url, { refused = false, ...options } = {}) {
  const [program, ...args] = pinned(1, loadOf(url, options));
  const output = execFileSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 24 });
  return rateIn(output, refused);
}

/** The same, with the seconds of processor time that making the load took; not pinned unless to `on`. */
export function measureWithCost(url, { on, ...options }) {
  const load = loadOf(url, options);
  const command = ['sh', '-c', '"$@"; echo; times', 'sh', ...load];
  const [program, ...args] = on === undefined ? command : pinned(on, command);
  const output = execFileSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 24 });
  const lines = output.trimEnd().split('\n');
  const [user, system] = [...lines.pop().matchAll(/(\d+)m([\d.]+)s/g)].map(
    ([, minutes, seconds]) => 60 * Number(minutes) + Number(seconds),
  );
  lines.pop(); // what the shell itself took
  return { perSecond: rateIn(lines.join('\n'), false), processorSeconds: user + system };
}

function loadOf(url, { seconds = 3, connections = 32, headers = {} }) {
  const shown = Object.entries(headers).flatMap(([name, value]) => ['-H', `${name}: ${value}`]);
  if (loadTool === 'wrk') return ['wrk', '-t1', `-c${connections}`, `-d${seconds}s`, ...shown, url];
  const bin = join('node_modules', 'autocannon', 'autocannon.js');
  const options = ['-j', '-c', `${connections}`, '-d', `${seconds}`];
  return [process.execPath, bin, ...options, ...shown, url];
}

const rateIn = (output, refused) =>
  loadTool === 'wrk' ? readWrk(output, refused) : readAutocannon(output, refused);

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

/**
 * Starts a server on core 0 (or those that `on` names; 'all') and waits until it answers; its output goes to a file, as in real
 * life.
 */
export async function start(command, { env = {}, url, output = 'ignore', on = 0 }) {
  const [program, ...args] = on === 'all' ? command : pinned(on, command);
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', output, 'inherit'],
  });
  for (let i = 0; i < 1500; i++) {
    if (child.exitCode !== null) throw new Error(`${command.join(' ')} ended`);
    const ready = await fetch(url).then(
      (answer) => answer.ok,
      () => false,
    );
    if (ready) return child;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  child.kill('SIGKILL');
  throw new Error(`${command.join(' ')} did not answer at ${url}`);
}

export function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    child.once('exit', resolve);
    child.kill('SIGTERM');
  });
}

/** Resident memory of the server process alone (its database is another), on Linux: now, or VmHWM, the most so far. */
export const residentMegabytes = ({ pid }, which = 'VmRSS') =>
  Number(new RegExp(`${which}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) /
  1000;
