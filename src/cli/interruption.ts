import { constants } from 'node:os';

/**
 * Ctrl-C and the like end the program at once: PostgreSQL takes back what was not committed, and an embedded
 * one that we have started stops with us. Node gives the terminal back as it was.
 */
export function endOnSignals(): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      process.stderr.write('\nInterrupted.\n');
      process.exit(128 + constants.signals[signal]);
    });
  }
}
