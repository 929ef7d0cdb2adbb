import { setTimeout as sleep } from 'node:timers/promises';
import { servesCluster } from './postmaster-file.js';

/** Disconnects everybody and stops cleanly; then stops at once, to be repaired from its journal at next start. */
const WAYS = [
  { signal: 'SIGINT', patience: 15_000 },
  { signal: 'SIGQUIT', patience: 10_000 },
] as const;

/** Ends a server that nobody looks after. Never with `SIGKILL`: its processes would go on without it. */
export async function retire(pid: number, cluster: string): Promise<void> {
  for (const { signal, patience } of WAYS) {
    const deadline = performance.now() + patience;
    let next = 0;
    while (performance.now() < deadline) {
      if (!servesCluster(pid, cluster)) return;
      if (performance.now() > next) {
        send(pid, signal, cluster);
        next = performance.now() + 1000; // a server that was only just starting has not heard the last one
      }
      await sleep(20);
    }
  }
  throw new Error(
    `The previous database server (pid ${String(pid)}) does not stop. End it and start again.`,
  );
}

function send(pid: number, signal: NodeJS.Signals, cluster: string): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return;
    throw new Error(
      `The database in ${cluster} is run by another user (pid ${String(pid)}). End it and start again.`,
      { cause: error },
    );
  }
}
