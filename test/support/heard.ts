import { v7 as uuidv7 } from 'uuid';
import { NewsService } from '../../src/database/news/news.service.js';
import type { TestApp } from './test-app.js';

/** Resolves when the application has heard of every change that was committed before. */
export async function heard(test: TestApp): Promise<void> {
  const id = uuidv7();
  const news = test.app.get(NewsService, { strict: false });
  const arrived = new Promise<void>((resolve) => {
    news.onChange(`test-${id}`, () => {
      resolve();
    });
  });
  await test.database.query('SELECT pg_notify($1, $2)', ['gatehouse', `test-${id}:${id}`]);
  await arrived;
}

/** Changes rows behind the application's back, as somebody with psql would, and waits until it heard of it. */
export async function behindItsBack(
  test: TestApp,
  statement: string,
  values: readonly unknown[] = [],
): Promise<void> {
  await test.database.query(statement, [...values]);
  await heard(test);
}
