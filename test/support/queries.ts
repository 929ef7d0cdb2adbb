import pg from 'pg';

type Query = (...args: unknown[]) => unknown;

/**
 * The heartbeat of the news; the post and the log book, which carry out what earlier stories wrote, and what begins
 * and ends their transactions, which says nothing of whose it is.
 */
const OF_NO_REQUEST =
  /^SELECT \(extract\(epoch FROM now|\b(mail|audit)_\w+\b|^(START TRANSACTION|COMMIT|ROLLBACK)/;

/** The statements about rights that reach the database while this is done. */
export async function rightsQueriesOf(work: () => Promise<unknown>): Promise<string[]> {
  const texts = await allStatementsOf(work);
  return texts.filter((text) => /_permissions|group_members|groups/.test(text));
}

/** The statements that reach the database while this is done, but for those that belong to no request. */
export async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const texts = await allStatementsOf(work);
  return texts.filter((text) => !OF_NO_REQUEST.test(text));
}

async function allStatementsOf(work: () => Promise<unknown>): Promise<string[]> {
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
  return texts;
}
