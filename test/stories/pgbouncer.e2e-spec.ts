import { setTimeout as sleep } from 'node:timers/promises';
import type { Pool } from 'pg';
import { createDataSource } from '../../src/data-source.js';
import { migrate } from '../../src/database/migrate.js';
import { NewsService } from '../../src/database/news/news.service.js';
import { Make } from '../support/make.js';
import { ownDatabase } from '../support/own-database.js';
import { hasPgBouncer, PgBouncer } from '../support/pgbouncer.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const title = hasPgBouncer
  ? 'Behind PgBouncer in transaction mode'
  : 'Behind PgBouncer (skipped: it is not installed)';

(hasPgBouncer ? describe : describe.skip)(title, () => {
  const bouncer = new PgBouncer();
  let database: Awaited<ReturnType<typeof ownDatabase>>;
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    database = await ownDatabase('bounced');
    test = await startTestApp({
      environment: {
        DATABASE_URL: await bouncer.start(database.url),
        DATABASE_DIRECT_URL: database.url,
        DATABASE_PREPARED_STATEMENTS: 'off',
        DATABASE_POOL: '8',
      },
    });
    make = new Make(test);
  });
  afterAll(async () => {
    await test.close();
    await bouncer.stop();
    await database.drop();
  });

  it('many sign in and are served at once, on fewer connections than there are requests', async () => {
    const people = await Promise.all(Array.from({ length: 12 }, () => make.signedIn()));
    const answers = await Promise.all(
      people.flatMap(({ client }) => [
        client.get('/v1/users/me'),
        client.get('/v1/users/me/sessions'),
        client.patch('/v1/users/me', { firstName: 'Ann' }),
      ]),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  });

  it('a node hears of changes, for it listens past the pooler', async () => {
    const news = test.app.get(NewsService, { strict: false });
    expect(news.isLive).toBe(true);
    const { client, user } = await make.signedIn();
    expect((await client.get('/v1/users/me')).status).toBe(200);
    const heard = news.heard;
    await test.database.query('DELETE FROM sessions WHERE user_id = $1', [user.id]);
    for (let i = 0; i < 200 && news.heard === heard; i++) await sleep(20);
    expect((await client.get('/v1/users/me')).status).toBe(401);
    expect(news.heard).toBeGreaterThan(heard);
  });

  it('prepared statements are what 1.18 does not carry, and why they can be turned off', async () => {
    const named = { name: 'one', text: 'SELECT 1', values: [] };
    const pool = (test.database.driver as unknown as { master: Pool }).master;
    const asked = await Promise.allSettled(
      Array.from({ length: 40 }, (_, i) => pool.query({ ...named, name: `one${String(i % 4)}` })),
    );
    const [, version = '0'] = /1\.(\d+)/.exec(PgBouncer.version) ?? [];
    if (Number(version) < 21) {
      expect(asked.some(({ status }) => status === 'rejected')).toBe(true);
    }
  });

  it('migrations go past it', async () => {
    const source = await createDataSource(test.settings, database.url).initialize();
    expect(await migrate(source, database.url)).toEqual([]);
    await source.destroy();
  });
});
