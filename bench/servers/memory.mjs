// Remembers as many sessions as it is told, each of another user, and prints what that costs.
import { NestFactory } from '@nestjs/core';
import { DataSource } from 'typeorm';
import { AppModule } from '../../dist/app.module.js';
import { readSettings } from '../../dist/config/settings.js';
import { LiveSessionsService } from '../../dist/sessions/live-sessions.service.js';
import { fill } from '../lib/database.mjs';

const [, , url, count] = process.argv;
const app = await NestFactory.createApplicationContext(AppModule.with(readSettings({}), url), {
  logger: false,
});
const find = (type) => app.get(type, { strict: false });
await fill(url, { users: Number(count), sessions: Number(count) });
const ids = (await find(DataSource).query('SELECT id FROM sessions')).map(({ id }) => id);
const live = find(LiveSessionsService);

const measure = () => {
  global.gc();
  global.gc();
  const { heapUsed, rss, external } = process.memoryUsage();
  return { heap: heapUsed + external, rss };
};
const remember = async (some) => {
  for (let i = 0; i < some.length; i += 200) {
    await Promise.all(
      some.slice(i, i + 200).map(async (id) => {
        const session = await live.find(id);
        await live.findPrincipal(session);
      }),
    );
  }
};
const MB = (bytes) => Math.round(bytes / 1e5) / 10;

await remember(ids.slice(0, 200));
const before = measure();
await remember(ids.slice(0, 100_000));
const at100k = measure();
await remember(ids.slice(100_000));
const after = measure();
process.send({
  remembered: live.size,
  'MB of heap for 100,000': MB(at100k.heap - before.heap),
  'MB of heap after all': MB(after.heap - before.heap),
  'MB of RSS after all': MB(after.rss - before.rss),
  passed: ids.length,
});
await app.close();
process.exit(0);
