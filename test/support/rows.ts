import { Postman } from '../../src/mail/postman.js';
import type { TestApp } from './test-app.js';

/** That something was tried is counted, whatever comes of it. */
const COUNTS = ['guess_counts', 'rate_counters'];

/** What stands in every table but the counts and the log book, which tell of what failed, too: how many rows there are, and a hash of them all. */
export type Rows = Readonly<Record<string, string>>;

export async function rowsOf({ database }: Pick<TestApp, 'database'>): Promise<Rows> {
  const tables = await database.query<{ name: string }[]>(
    `SELECT quote_ident(tablename) AS name FROM pg_tables
      WHERE schemaname = 'public' AND tablename <> ALL ($1) AND tablename NOT LIKE 'audit\\_%' ORDER BY 1`,
    [COUNTS],
  );
  const marks = await Promise.all(tables.map(({ name }) => markOf({ database }, name)));
  return Object.fromEntries(tables.map(({ name }, i) => [name, marks[i] ?? '']));
}

async function markOf({ database }: Pick<TestApp, 'database'>, table: string): Promise<string> {
  const [row] = await database.query<{ mark: string }[]>(
    `SELECT count(*) || ' rows ' || md5(coalesce(string_agg(md5(t::text), '' ORDER BY t::text), '')) AS mark
       FROM ${table} t`,
  );
  return row?.mark ?? '';
}

/** Does it, and expects every row of every table to be afterwards what it was before. Mails of before go out first. */
export async function changingNoRow<T>(
  test: Pick<TestApp, 'app' | 'database'>,
  action: () => Promise<T>,
): Promise<T> {
  await test.app.get(Postman, { strict: false }).idle();
  const before = await rowsOf(test);
  const result = await action();
  expect(await rowsOf(test)).toEqual(before);
  return result;
}
