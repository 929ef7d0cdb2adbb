import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasOathtool } from '../support/oathtool.js';
import { removeProgram, ServerProcess } from '../support/server-process.js';
import { run, withDatabase } from '../support/test-database.js';
import { runSession } from './guide-session.js';

const url = process.env['DATABASE_URL'] ?? '';
const name = `two_factor_guide_${process.env['JEST_WORKER_ID'] ?? '1'}`;

/** The session of `docs/two-factor.md`, as it stands there, against the real program. */
describe('The guide to two factors', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-guide-'));
  let server: ServerProcess;

  beforeAll(async () => {
    await run(url, [`DROP DATABASE IF EXISTS ${name}`, `CREATE DATABASE ${name}`]);
    server = new ServerProcess({ DATA_DIR: dataDir, DATABASE_URL: withDatabase(url, name) });
  });
  afterAll(async () => {
    await server.kill();
    removeProgram();
    await run(url, [`DROP DATABASE ${name}`]);
    rmSync(dataDir, { recursive: true, force: true });
  });

  const testWithOathtool = hasOathtool ? it : it.skip;

  testWithOathtool(
    'goes as it says, line by line',
    async () => {
      const session = await runSession('docs/two-factor.md', {
        base: await server.address(),
        dataDir,
        folder: dataDir,
        environment: { PATH: process.env['PATH'] ?? '' },
      });
      expect(session.promised).toEqual([
        ...['204', 'aal2', 'two_factor_required', 'invalid_code'],
        ...['authenticated', 'authenticated', 'authenticated', 'invalid_code'],
        ...['200', 'invalid_code', '204', 'authenticated'],
      ]);
      expect(session.said).toEqual(session.promised);
      expect(session.output.match(/^[0-9A-Z]{4}(?:-[0-9A-Z]{4,5}){5}$/gm)).toHaveLength(10);
    },
    120_000,
  );
});
