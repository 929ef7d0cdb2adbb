import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';

/** A process, not just a number: a process id that was given to another program later does not match. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When it was started, in whatever form the system tells it. */
  readonly started: string;
}

interface Facts {
  readonly started: string;
  readonly command: string;
}

/** Who has this process id now; undefined when nobody has it. A zombie is nobody. */
export function identify(pid: number): ProcessIdentity | undefined {
  const facts = inspect(pid);
  return facts && { pid, started: facts.started };
}

/** Whether that very process still lives. */
export function isAlive(identity: ProcessIdentity): boolean {
  return identify(identity.pid)?.started === identity.started;
}

/** The bare name of the program that has this process id; undefined when nobody has it. */
export function commandOf(pid: number): string | undefined {
  return inspect(pid)?.command;
}

/** Cheap enough to ask four times a second: whether anybody but a zombie has this process id. */
export function isTaken(pid: number): boolean {
  if (process.platform === 'linux') return inspect(pid) !== undefined;
  return isSignalable(pid);
}

/** This process. */
export function self(): ProcessIdentity {
  return identify(process.pid) ?? { pid: process.pid, started: '' };
}

function inspect(pid: number): Facts | undefined {
  if (!Number.isSafeInteger(pid) || pid <= 0 || !isSignalable(pid)) return undefined;
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid);
}

function isSignalable(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function fromProc(pid: number): Facts | undefined {
  try {
    return parseProcStat(readFileSync(`/proc/${String(pid)}/stat`, 'latin1'), bootId());
  } catch {
    return undefined;
  }
}

/** Reads a line of `/proc/<pid>/stat`. The command stands in parentheses and may hold anything. */
export function parseProcStat(line: string, boot: string): Facts | undefined {
  const end = line.lastIndexOf(')');
  const [state, ...rest] = line.slice(end + 2).split(' ');
  if (end < 0 || state === undefined || 'ZXx'.includes(state)) return undefined;
  const ticks = rest[18]; // field 22 of proc_pid_stat(5)
  if (ticks === undefined) return undefined;
  return { started: `${boot}:${ticks}`, command: line.slice(line.indexOf('(') + 1, end) };
}

let boot: string | undefined;
function bootId(): string {
  try {
    boot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
  } catch {
    boot = '';
  }
  return boot;
}

function fromPs(pid: number): Facts | undefined {
  const ask = (column: string): string =>
    spawnSync('ps', ['-o', `${column}=`, '-p', String(pid)], { encoding: 'utf8' }).stdout.trim();
  const command = ask('comm');
  if (command === '' || ask('stat').startsWith('Z')) return undefined;
  return { started: ask('lstart'), command: basename(command) };
}
