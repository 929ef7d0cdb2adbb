import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compileSources } from '../support/compiled-sources.js';
import { ServerProcess } from '../support/server-process.js';
import { run, withDatabase } from '../support/test-database.js';

jest.setTimeout(60_000);

describe('A team whose own module awaits at its top level', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-awaiting-'));
  const url = process.env['DATABASE_URL'] ?? '';
  const name = `awaiting_${process.env['JEST_WORKER_ID'] ?? '1'}`;

  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    await run(url, [`DROP DATABASE IF EXISTS ${name} (FORCE)`]);
  });

  it('has a server that starts, though it cannot be loaded at once', async () => {
    compileSources(folder);
    appendFileSync(join(folder, 'src/app.module.js'), '\nawait Promise.resolve();\n');
    await run(url, [
      `DROP DATABASE IF EXISTS ${name}`,
      `CREATE DATABASE ${name} TEMPLATE template`,
    ]);
    const DATABASE_URL = withDatabase(url, name);
    const server = new ServerProcess({ DATABASE_URL, DATA_DIR: join(folder, 'data') }, folder);
    try {
      const { status } = await fetch(`${await server.address()}/health/ready`);
      expect(status).toBe(200);
    } finally {
      await server.kill();
    }
  });
});
