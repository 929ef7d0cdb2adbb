import { mkdtempSync, openSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { residentMegabytes, start, stop } from './load.mjs';

/** The server as `npm start` runs it, on data of its own, logging to a file. */
export async function startGatehouse({ port, env = {}, on = 0 }) {
  const dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  const base = `http://127.0.0.1:${port}`;
  const child = await start([process.execPath, '--max-semi-space-size=4', 'dist/main.js'], {
    env: { PORT: `${port}`, DATA_DIR: dataDir, LOG_FORMAT: 'json', BREACH_CHECK: 'off', ...env },
    url: `${base}/health/ready`,
    output: openSync(join(dataDir, 'server.log'), 'a'),
    on,
  });
  return {
    base,
    pid: child.pid,
    dataDir,
    memory: () => residentMegabytes(child),
    mostMemory: () => residentMegabytes(child, 'VmHWM'),
    stop: async () => {
      await stop(child);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
