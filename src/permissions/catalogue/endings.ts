import type { DataSource, EntityMetadata } from 'typeorm';
import type { ResourceName } from '../../access/permission-name.js';

type Marks = ReadonlyMap<ResourceName, abstract new () => object>;

/** A kind of thing and its table. */
interface MarkedTable {
  readonly resource: ResourceName;
  readonly table: string;
}

/**
 * Sees to it that the table of every kind of thing deletes the grants of a row together with it, in the same
 * transaction, whoever deletes it. Costs one query once it is so.
 *
 * @throws Error where a table is missing or has no `uuid` key named `id`.
 */
export async function installEndings(dataSource: DataSource, marks: Marks): Promise<void> {
  const tables = dataSource.entityMetadatas
    .map((metadata) => markedTable(metadata, marks))
    .filter((table) => table !== undefined);
  const installed = await dataSource.query<{ table: string; resource: string }[]>(
    `SELECT c.relname AS table, trim(trailing '\\000' from encode(t.tgargs, 'escape')) AS resource
       FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
      WHERE t.tgname = 'forget_grants' AND c.relnamespace = current_schema()::regnamespace`,
  );
  const known = new Map(installed.map(({ table, resource }) => [table, resource]));
  for (const table of tables) {
    if (known.get(table.table) !== table.resource) await install(dataSource, table);
  }
}

function markedTable(metadata: EntityMetadata, marks: Marks): MarkedTable | undefined {
  const [resource] = [...marks].find(([, entity]) => entity === metadata.target) ?? [];
  if (resource === undefined) return undefined;
  const [key, another] = metadata.primaryColumns;
  if (key?.type !== 'uuid' || key.databaseName !== 'id' || another !== undefined) {
    throw new Error(`${metadata.name} is a resource: its primary key must be one uuid named "id"`);
  }
  return { resource, table: metadata.tableName };
}

async function install(dataSource: DataSource, { resource, table }: MarkedTable): Promise<void> {
  const [found] = await dataSource.query<{ oid: string | null }[]>(
    'SELECT to_regclass(quote_ident($1)) AS oid',
    [table],
  );
  if (!found?.oid) {
    throw new Error(`The resource "${resource}" has no table "${table}": make a migration for it`);
  }
  await dataSource.query(
    `CREATE OR REPLACE TRIGGER "forget_grants" AFTER DELETE ON "${table}" REFERENCING OLD TABLE AS gone
     FOR EACH STATEMENT EXECUTE FUNCTION "forget_object"('${resource}')`,
  );
  await dataSource.query(
    `CREATE OR REPLACE TRIGGER "forget_all_grants" AFTER TRUNCATE ON "${table}"
     FOR EACH STATEMENT EXECUTE FUNCTION "forget_objects"('${resource}')`,
  );
}
