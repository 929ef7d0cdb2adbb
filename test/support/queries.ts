import pg from 'pg';

type Query = (...args: unknown[]) => unknown;

/** The statements about rights that reach the database while this is done. */
export async function rightsQueriesOf(work: () => Promise<unknown>): Promise<string[]> {
  const texts: string[] = [];
  const { query } = pg.Client.prototype as unknown as Record<'query', Query>;
  const spy = jest.spyOn(pg.Client.prototype, 'query').mockImplementation(function (
    this: pg.Client,
    ...args: unknown[]
  ) {
    const [statement] = args as [string | { text: string }];
    texts.push(typeof statement === 'string' ? statement : statement.text);
    return query.apply(this, args) as never;
  });
  try {
    await work();
  } finally {
    spy.mockRestore();
  }
  return texts.filter((text) => /_permissions|group_members|groups/.test(text));
}
