import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Where a running server can be found by whoever starts a second one on the same data. */
export interface RunningServer {
  readonly pid: number;
  readonly url: string;
}

const pathIn = (dataDir: string) => join(dataDir, 'server.json');

export function noteServer(dataDir: string, server: RunningServer): void {
  writeFileSync(pathIn(dataDir), `${JSON.stringify(server)}\n`, { mode: 0o600 });
}

export function forgetServer(dataDir: string): void {
  rmSync(pathIn(dataDir), { force: true });
}

export function findServer(dataDir: string): RunningServer | undefined {
  try {
    return JSON.parse(readFileSync(pathIn(dataDir), 'utf8')) as RunningServer;
  } catch {
    return undefined;
  }
}
