import pg from 'pg';

/** Everything that the work sends to the database: text, values, and the name of what was prepared. */
export async function statementsOf(work) {
  const sent = [];
  const { query } = pg.Client.prototype;
  pg.Client.prototype.query = function (statement, values, ...rest) {
    const {
      text,
      values: own,
      name,
    } = typeof statement === 'string' ? { text: statement } : statement;
    if (!NOT_OURS.test(text ?? '')) sent.push({ text, values: own ?? values ?? [], name });
    return query.call(this, statement, values, ...rest);
  };
  try {
    await work();
  } finally {
    pg.Client.prototype.query = query;
  }
  return sent;
}

/** The heartbeat of the news, the post, the sweepers. */
const NOT_OURS = /^(SELECT \(extract\(epoch FROM now|START|COMMIT|ROLLBACK)|mail_(queue|budgets)/;

/** How PostgreSQL goes about them; what is prepared also as it does once it has stopped looking at the values. */
export async function plansOf(dataSource, statements) {
  const plans = [];
  for (const { text, values, name } of statements) {
    await dataSource.transaction(async (manager) => {
      plans.push(said(text, await manager.query(`EXPLAIN ${text}`, values)));
      if (name === undefined) return;
      await manager.query('SET LOCAL plan_cache_mode = force_generic_plan');
      await manager.query(`PREPARE looked_at AS ${text}`);
      const list = values.map(literal).join(', ');
      plans.push(
        said(`(prepared) ${text}`, await manager.query(`EXPLAIN EXECUTE looked_at(${list})`)),
      );
      await manager.query('DEALLOCATE looked_at');
    });
  }
  return plans;
}

function said(text, rows) {
  const nodes = rows
    .map((row) => row['QUERY PLAN'])
    .filter((line) => /Scan|Insert|Update|Delete/.test(line))
    .map((line) => line.replace(/^[\s>-]+/, '').replace(/\s*\(cost.*/, ''));
  return `  ${text.replace(/\s+/g, ' ').slice(0, 90)} …: ${nodes.join(' ← ')}`;
}

function literal(value) {
  if (value === null) return 'NULL';
  if (Array.isArray(value)) return pg.escapeLiteral(`{${value.join(',')}}`);
  return pg.escapeLiteral(value instanceof Date ? value.toISOString() : String(value));
}
