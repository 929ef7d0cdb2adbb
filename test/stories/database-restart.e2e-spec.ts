import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { readSettings } from '../../src/config/settings.js';
import { createDataSource } from '../../src/data-source.js';
import {
  type EmbeddedPostgres,
  startEmbeddedPostgres,
} from '../../src/database/embedded/embedded-postgres.js';
import { migrate } from '../../src/database/migrate.js';
import { NewsService } from '../../src/database/news/news.service.js';
import { Browser } from '../support/browser.js';
import { behindItsBack } from '../support/heard.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { postmasterOf } from '../support/server-process.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

jest.setTimeout(60_000);

describe('While the database is restarted under load', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-restart-'));
  let postgres: EmbeddedPostgres;
  let test: TestApp;

  beforeAll(async () => {
    postgres = await startEmbeddedPostgres(dataDir); // as it runs: what was acknowledged is there after a kill
    const dataSource = await createDataSource(readSettings({}), postgres.url).initialize();
    await migrate(dataSource, postgres.url);
    await dataSource.destroy();
    test = await startTestApp({ environment: { DATABASE_URL: postgres.url } });
  });
  afterAll(async () => {
    await test.close();
    await postgres.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it.each(['SIGINT', 'SIGKILL'] as const)(
    'by %s nobody is signed out: 503 at worst, and within 5 s all is well',
    async (signal) => {
      const made = await new Make(test).signedIn();
      const browser = new Browser(test);
      await browser.signIn(made);
      const statuses = new Set<number>();
      let lastRefused = 0;
      const over = new AbortController();
      const asking = Array.from({ length: 20 }, async (_, i) => {
        while (!over.signal.aborted) {
          const { status } = await (i % 2 === 0 ? browser.me() : made.client.me());
          statuses.add(status);
          if (status !== 200) lastRefused = performance.now();
          await sleep(5);
        }
      });
      await sleep(300);
      const struck = performance.now();
      process.kill(postmasterOf(dataDir), signal);
      await sleep(7000);
      over.abort();
      await Promise.all(asking);
      expect([...statuses].filter((status) => ![200, 503].includes(status))).toEqual([]);
      expect(statuses).toContain(200);
      expect(lastRefused - struck).toBeLessThan(5000);
      expect(test.app.get(NewsService, { strict: false }).isLive).toBe(true);
      const sql = 'DELETE FROM sessions WHERE user_id = $1';
      await behindItsBack(test, sql, [made.user.id]);
      expectProblem(await made.client.me(), 401, 'invalid_token');
    },
  );
});
