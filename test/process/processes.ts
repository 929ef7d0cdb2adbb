import { readdirSync, readFileSync } from 'node:fs';

/** Its children that run the program; the embedded database is another one. */
export const workersOf = (pid: number): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((child) => {
      try {
        const [, , parent] =
          /\) (\S) (\d+)/.exec(readFileSync(`/proc/${child}/stat`, 'utf8')) ?? [];
        return Number(parent) === pid && read(`/proc/${child}/cmdline`).includes('main.js');
      } catch {
        return false;
      }
    });

const read = (path: string): string => readFileSync(path, 'utf8');

export const isAlive = (pid: number): boolean => {
  try {
    return !read(`/proc/${pid}/stat`).includes(') Z ');
  } catch {
    return false;
  }
};
