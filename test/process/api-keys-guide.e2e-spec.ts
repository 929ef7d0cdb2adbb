import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiKey } from '../../src/api-keys/api-key.js';
import { removeProgram, ServerProcess } from '../support/server-process.js';
import { run, withDatabase } from '../support/test-database.js';
import { runSession } from './guide-session.js';

const GUIDE = 'docs/api-keys.md';
const url = process.env['DATABASE_URL'] ?? '';
const name = `api_keys_guide_${process.env['JEST_WORKER_ID'] ?? '1'}`;

/** The session of `docs/api-keys.md`, as it stands there, against the real program. */
describe('The guide to API keys', () => {
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

  it('goes as it says, line by line', async () => {
    const session = await runSession(GUIDE, {
      base: await server.address(),
      dataDir,
      folder: dataDir,
      environment: { PATH: process.env['PATH'] ?? '' },
    });
    expect(session.promised).toEqual([
      ...['204', '200', 'user', 'api_key_not_allowed', '200', 'insufficient_scope'],
      ...['200', '200', 'rotation_in_progress', 'retiring', '204', '401', '204', '401'],
    ]);
    expect(session.said).toEqual(session.promised);
    expect(session.output).toMatch(/^deprecation: @\d+\r?$/im);
    expect(session.output).toMatch(/^sunset: \w{3}, .* GMT\r?$/im);
  }, 120_000);

  it('finds keys with its expression, in whatever they stand, and nothing else', () => {
    const [, text = ''] = /```text\n(.*)\n```/.exec(readFileSync(GUIDE, 'utf8')) ?? [];
    const expression = new RegExp(text, 'g');
    for (const environment of ['live', 'test'] as const) {
      for (let i = 0; i < 1000; i++) {
        const key = ApiKey.issue(environment).reveal();
        expect(`KEY="${key}"; https://x.example/?k=${key}&y`.match(expression)).toEqual([key, key]);
        expect(`${key}0 0${key}`.match(expression)).toBeNull();
      }
    }
  });
});
