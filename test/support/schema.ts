/** Whatever is asked like a connection. */
export interface Askable {
  query<T extends object>(sql: string): Promise<T[]>;
}

const OURS = `n.oid = 'public'::regnamespace`;

/** Everything that `pg_dump --schema-only` would tell of, which does not come with npm, and the migrations that are noted. */
const PARTS = `
  SELECT 'column' AS kind, format('%s.%s %s %s%s %s', c.relname, a.attname, a.attnum,
         format_type(a.atttypid, a.atttypmod), CASE WHEN a.attnotnull THEN ' not null' END,
         pg_get_expr(d.adbin, d.adrelid)) AS what
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
   WHERE ${OURS} AND c.relkind IN ('r', 'p', 'v', 'm')
  UNION ALL
  SELECT 'table', format('%s %s %s %s', c.relname, c.relkind, c.reloptions,
         pg_get_expr(c.relpartbound, c.oid))
    FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${OURS}
  UNION ALL
  SELECT 'constraint', format('%s %s %s', k.conrelid::regclass, k.conname, pg_get_constraintdef(k.oid))
    FROM pg_constraint k JOIN pg_namespace n ON n.oid = k.connamespace WHERE ${OURS}
  UNION ALL
  SELECT 'index', format('%s %s', pg_get_indexdef(i.indexrelid), i.indisvalid)
    FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${OURS}
  UNION ALL
  SELECT 'trigger', format('%s %s', pg_get_triggerdef(t.oid), t.tgenabled)
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    JOIN pg_namespace n ON n.oid = c.relnamespace WHERE ${OURS} AND NOT t.tgisinternal
  UNION ALL
  SELECT 'function', pg_get_functiondef(p.oid)
    FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE ${OURS}
  UNION ALL
  SELECT 'type', format('%s %s', t.typname, t.typtype)
    FROM pg_type t JOIN pg_namespace n ON n.oid = t.typnamespace WHERE ${OURS} AND t.typtype IN ('d', 'e')
  UNION ALL
  SELECT 'migration', format('%s %s times %s', timestamp, name, count(*)) FROM migrations GROUP BY 1, timestamp, name`;

/** What the database is made of, a line each: two that were made alike have the same. */
export async function schemaOf(database: Askable): Promise<string[]> {
  const rows = await database.query<{ line: string }>(
    `SELECT kind || ' ' || what AS line FROM (${PARTS}) p ORDER BY 1`,
  );
  return rows.map(({ line }) => line);
}
