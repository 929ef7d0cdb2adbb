import { execFileSync, fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { pinned } from './load.mjs';

const ROWS = 10_000;
const id = (n) => `('01900000-0000-7000-8000-' || lpad(to_hex(${n}), 12, '0'))::uuid`;

/** What a refresh comes down to: one row of `sessions`, found by its key and changed. `n`: which. */
export const update = (n) =>
  `UPDATE sessions SET refresh_previous_hash = refresh_hash, refresh_hash = sha256(${n}::text::bytea), refreshed_at = now(), last_seen_at = now() WHERE id = ${id(n)} RETURNING id, user_id, methods, authenticated_at, expires_at`;
export const someRow = () => Math.floor(Math.random() * ROWS);

const { status } = spawnSync('pgbench', ['--version'], { stdio: 'ignore' });
export const updateTool =
  status === 0 ? 'pgbench' : 'a loop of Node’s pg (there is no pgbench here)';

/** Sessions of the same table that nobody holds a token of, one for each of the first people. */
export async function fillRows(url) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(
    `INSERT INTO sessions (id, user_id, methods, authenticated_at, created_at, last_seen_at, expires_at, ip, user_agent, transport, refresh_hash)
     SELECT ${id('n')}, u.id, '{pwd}', now(), now(), now(), now() + interval '14 days', '203.0.113.7',
            'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0', 'token', sha256(n::text::bytea)
       FROM generate_series(0, ${ROWS - 1}) AS n JOIN users u ON u.email_canonical = 'u' || n || '@example.com'`,
  );
  await client.query('VACUUM ANALYZE sessions');
  await client.end();
  return ROWS;
}

/** Such updates a second, from core 1. */
export function updatesPerSecond(url, { connections, seconds }) {
  return updateTool === 'pgbench'
    ? byPgbench(url, connections, seconds)
    : byNode(url, connections, seconds);
}

function byPgbench(url, connections, seconds) {
  const directory = mkdtempSync(join(tmpdir(), 'gatehouse-bench-'));
  const script = join(directory, 'update.sql');
  writeFileSync(script, `\\set n random(0, ${ROWS - 1})\n${update(':n::int')};\n`);
  const options = ['-n', '-M', 'prepared', '-c', `${connections}`, '-j', '1', '-T', `${seconds}`];
  const [program, ...args] = pinned(1, ['pgbench', ...options, '-f', script, url]);
  const said = execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  rmSync(directory, { recursive: true });
  return Number(/tps = ([\d.]+)/.exec(said)[1]);
}

async function byNode(url, connections, seconds) {
  const [program, ...args] = pinned(1, [process.execPath]);
  const child = fork('bench/lib/updater.mjs', [url, `${connections}`, `${seconds}`], {
    execPath: program,
    execArgv: args,
  });
  const [perSecond] = await once(child, 'message');
  return perSecond;
}
