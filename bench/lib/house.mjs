import { randomBytes } from 'node:crypto';
import { NestFactory } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { AppModule } from '../../dist/app.module.js';
import { readSettings } from '../../dist/config/settings.js';
import { NewsService } from '../../dist/database/news/news.service.js';
import { DecisionsService } from '../../dist/permissions/asking/decisions.service.js';
import { ObjectsService } from '../../dist/permissions/asking/objects.service.js';
import { SubjectsService } from '../../dist/permissions/asking/subjects.service.js';
import { RightsService } from '../../dist/permissions/holding/rights.service.js';
import { PermissionsService } from '../../dist/permissions/permissions.service.js';

/** Things a page. */
export const PAGE = 50;

/** The application on a world, and whom to ask about. */
export async function open(url, size) {
  const settings = readSettings({ SECRET_KEYS: randomBytes(32).toString('base64') });
  const begin = async () => {
    const begun = performance.now();
    const app = await NestFactory.createApplicationContext(AppModule.with(settings, url), {
      logger: false,
    });
    return { app, took: performance.now() - begun };
  };
  const first = await begin();
  await first.app.close();
  const { app, took } = await begin();
  const find = (type) => app.get(type, { strict: false });
  const dataSource = find(DataSource);
  const id = async (kind, n) =>
    (await dataSource.query('SELECT world_id($1, $2) AS id', [kind, n]))[0].id;
  const asker = async (n) => ({
    user: { id: await id('user', n), isSuperuser: false, isStaff: false },
  });
  const pairs = async (sql) =>
    (await dataSource.query(sql)).map(({ user_id, object_id }) => ({
      asker: { user: { id: user_id, isSuperuser: false, isStaff: false } },
      object: object_id,
    }));
  const some = size.users > 100_000 ? 'TABLESAMPLE SYSTEM (0.1)' : '';
  return {
    app,
    size,
    dataSource,
    starts: { first: first.took, again: took },
    news: find(NewsService),
    rights: find(RightsService),
    permissions: find(PermissionsService),
    decisions: find(DecisionsService),
    objects: find(ObjectsService),
    subjects: find(SubjectsService),
    id,
    reader: await asker(size.users + 1),
    ten: await asker(size.users + 2),
    holder: await asker(size.users + 3),
    own: await pairs(
      `SELECT user_id, object_id FROM object_permissions ${some} WHERE user_id IS NOT NULL ORDER BY random() LIMIT 600`,
    ),
    shared: await pairs(
      `SELECT m.user_id, o.object_id FROM (SELECT * FROM object_permissions ${some} WHERE group_id IS NOT NULL ORDER BY random() LIMIT 600) o
         CROSS JOIN LATERAL (SELECT user_id FROM group_members WHERE group_id = o.group_id LIMIT 1) m`,
    ),
    others: await pairs(
      `SELECT u.id AS user_id, world_id('product', (random() * ${size.objects - 1})::int + 1) AS object_id FROM users u ${some} ORDER BY random() LIMIT 600`,
    ),
    popular: await id('product', 1),
    middle: {
      reader: cursorOf(await id('product', size.objects / 2)),
      holder: cursorOf(await id('product', Math.min(10_000 * PAGE, size.objects / 2))),
    },
  };
}

const cursorOf = (id) => Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url');
