import { constants } from 'node:os';

/**
 * Until there is more to do, Ctrl-C and the like end the program at once: PostgreSQL takes back what was not
 * committed, and an embedded one that we have started stops with us. Node gives the terminal back as it was.
 * Returns how to take that back.
 */
export function endOnSignals(): () => void {
  const handlers = (['SIGINT', 'SIGTERM', 'SIGHUP'] as const).map((signal) => {
    const end = (): never => {
      process.stderr.write('\nInterrupted.\n');
      process.exit(128 + constants.signals[signal]);
    };
    process.once(signal, end);
    return [signal, end] as const;
  });
  return () => {
    for (const [signal, end] of handlers) process.off(signal, end);
  };
}
