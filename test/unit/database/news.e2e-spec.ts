import type { DataSource } from 'typeorm';
import { readSettings } from '../../../src/config/settings.js';
import { NewsService } from '../../../src/database/news/news.service.js';

const service = () =>
  new NewsService(
    { options: { url: process.env['DATABASE_URL'] } } as unknown as DataSource,
    readSettings({}),
  );

describe('News', () => {
  it('stop at once, though they were only just being connected to', async () => {
    const news = service();
    const started = news.onModuleInit();
    await news.onApplicationShutdown();
    await started;
    expect(news.isLive).toBe(false);
  });

  it('know the clock of the database while they are heard, and no longer', async () => {
    const news = service();
    expect(news.databaseTime).toBeUndefined();
    await news.onModuleInit();
    expect(Math.abs(news.databaseTime! - Date.now())).toBeLessThan(1000);
    await news.onApplicationShutdown();
    expect(news.databaseTime).toBeUndefined();
  });
});
