import type { TestApp } from './test-app.js';

/** Every row of every table, as text: what is in a dump. */
export async function wholeDatabase({ database }: Pick<TestApp, 'database'>): Promise<string> {
  const tables = await database.query<{ name: string }[]>(
    `SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'`,
  );
  const dumps = tables.map(({ name }) =>
    database.query<{ text: string | null }[]>(
      `SELECT string_agg(t::text, E'\\n') AS text FROM ${name} t`,
    ),
  );
  return (await Promise.all(dumps)).map(([row]) => row?.text ?? '').join('\n');
}
