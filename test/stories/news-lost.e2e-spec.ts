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
import { PermissionsService } from '../../src/permissions/permissions.service.js';
import { userPermissions } from '../../src/users/users.permissions.js';
import { Grants, userHolder } from '../support/grants.js';
import { heard } from '../support/heard.js';
import { Make } from '../support/make.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { WireTap } from '../support/wire-tap.js';

describe('When a node hears no news any more', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-news-'));
  let postgres: EmbeddedPostgres;
  let wire: WireTap;
  let test: TestApp;
  let news: NewsService;

  beforeAll(async () => {
    postgres = await startEmbeddedPostgres(dataDir, { durable: false });
    const dataSource = await createDataSource(readSettings({}), postgres.url).initialize();
    await migrate(dataSource, postgres.url);
    await dataSource.destroy();
    wire = await WireTap.before(postgres.url);
    test = await startTestApp({ environment: { DATABASE_URL: wire.url } });
    news = test.app.get(NewsService, { strict: false });
  });
  afterAll(async () => {
    await test.close();
    await wire.cut();
    await postgres.stop();
    rmSync(dataDir, { recursive: true, force: true });
  });

  const until = async (isLive: boolean) => {
    for (let i = 0; i < 500 && news.isLive !== isLive; i++) await sleep(20);
    expect(news.isLive).toBe(isLive);
  };
  const end = (userId: string) =>
    test.database.query('DELETE FROM sessions WHERE user_id = $1', [userId]);

  it('though the connection stays open, it notices, and accepts nothing ended after 5 s', async () => {
    const { client, user } = await new Make(test).signedIn();
    expect((await client.me()).status).toBe(200);
    wire.swallowNews();
    await end(user.id);
    const ended = performance.now();
    while ((await client.me()).status === 200) await sleep(20);
    expect(performance.now() - ended).toBeLessThan(5000);
  });

  it('though the connection stays open, it lets nobody do what she may not after 5 s', async () => {
    await until(true);
    const { user } = await new Make(test).user();
    const { user: seen } = await new Make(test).user();
    const grants = new Grants(test);
    await grants.grant(userHolder(user), seen.id, userPermissions.view);
    await heard(test);
    const permissions = test.app.get(PermissionsService, { strict: false });
    const may = () => permissions.allows({ user }, userPermissions.view, seen.id);
    expect(await may()).toBe(true);
    wire.swallowNews();
    await test.database.query('DELETE FROM object_permissions WHERE user_id = $1', [user.id]);
    const revoked = performance.now();
    expect(await may()).toBe(true); // it did not hear of it
    while (await may()) await sleep(20);
    expect(performance.now() - revoked).toBeLessThan(5000);
  });

  it('it goes on without memory, and remembers again when it hears again', async () => {
    await until(true);
    expect(test.logged.join('')).toContain('The news channel is lost');
    const { client, user } = await new Make(test).signedIn();
    expect((await client.me()).status).toBe(200);
    await wire.cut();
    await until(false);
    expect((await client.me()).status).toBe(503);
    await wire.reconnect();
    await until(true);
    expect((await client.me()).status).toBe(200);
    await end(user.id);
    await heard(test);
    expect((await client.me()).status).toBe(401);
  });
});
