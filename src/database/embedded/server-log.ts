import {
  closeSync,
  fchmodSync,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  statSync,
} from 'node:fs';

const LONGEST = 10 * 1024 * 1024;

/** Opens the server's log for appending. One that has grown beyond 10 MB becomes `<name>.1`. */
export function openLog(path: string, longest: number = LONGEST): number {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > longest) renameSync(path, `${path}.1`);
  const log = openSync(path, 'a', 0o600);
  fchmodSync(log, 0o600);
  return log;
}

export const lengthOf = (log: number): number => fstatSync(log).size;

/** What was written since, at most the last few thousand characters of it. */
export function readSince(path: string, start: number): string {
  const log = openSync(path, 'r');
  try {
    const end = lengthOf(log);
    const from = Math.max(start, end - 4096);
    const text = Buffer.alloc(Math.max(0, end - from));
    return text.toString('utf8', 0, readSync(log, text, 0, text.length, from));
  } finally {
    closeSync(log);
  }
}

/** The last words of a server that did not come up, without time and process id. */
export function lastWords(log: string): string {
  const lines = log.trim().split('\n').slice(-6);
  return lines.map((line) => line.replace(/^[\d-]+ [\d:.]+ \w+ \[\d+\] /, '  ')).join('\n');
}
