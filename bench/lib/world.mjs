import pg from 'pg';

const BATCH = 500_000;
/** Of all grants: to users one by one, to groups, to the ten groups behind somebody who sees very much. */
const SHARES = { users: 0.5, groups: 0.4, reader: 0.1 };
/** Coprime to every size, so that grant n is of another object for each n. */
const STRIDE = 7_368_787;
const READER_GROUPS = 10;

/** Ids as `uuidv7` makes them, but of a number: who is who needs no table. */
const FUNCTIONS = `
  CREATE FUNCTION world_id(kind text, n bigint) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (lpad(to_hex(1750000000000 + n), 12, '0') || '7' || substr(h, 1, 3) || 'a' || substr(h, 4, 15))::uuid
      FROM (SELECT md5(kind || n) AS h) AS hashed $$;
  CREATE FUNCTION world_expiry(n bigint) RETURNS timestamptz LANGUAGE sql PARALLEL SAFE AS $$
    SELECT CASE WHEN n % 20 = 0 THEN now() - interval '1 day' WHEN n % 20 = 1 THEN now() + interval '30 days' END $$`;

/** What stands in the tables, in order; each statement makes the rows from $1 to $2. */
const tables = ({ users, groups, objects, grants }, permission) => {
  const own = grants * SHARES.users;
  const shared = grants * SHARES.groups;
  const seen = grants * SHARES.reader;
  const crowd = users / 10;
  const object = `world_id('product', 1 + (n * ${STRIDE}) % ${objects})`;
  const grant = (holder, id) =>
    `INSERT INTO object_permissions (id, permission_id, object_id, ${holder}_id, expires_at, created_at)
     SELECT world_id('grant ${id}', n), CASE WHEN n % 3 = 0 AND '${id}' <> 'reader' THEN ${permission.change} ELSE ${permission.view} END,`;
  return [
    [
      'users',
      users + 3,
      `INSERT INTO users (id, email, email_canonical, email_verified_at, credentials_changed_at, created_at, updated_at)
       SELECT world_id('user', n), 'u' || n || '@example.com', 'u' || n || '@example.com', now(), now(), now(), now() FROM s`,
    ],
    [
      'groups',
      groups + 2 + READER_GROUPS,
      `INSERT INTO groups (id, name, name_canonical, created_at, updated_at)
       SELECT world_id('group', n), 'group ' || n, 'group ' || n, now(), now() FROM s`,
    ],
    [
      'inclusions', // each group is in one of ten times fewer: four deep
      groups - 1,
      `INSERT INTO group_inclusions (group_id, included_id, created_at)
       SELECT world_id('group', (n - 1) / 10 + 1), world_id('group', n + 1), now() FROM s`,
    ],
    [
      'members of two groups each',
      users * 2,
      `INSERT INTO group_members (group_id, user_id, expires_at, created_at)
       SELECT world_id('group', 1 + (n * 31 + n / ${users}) % ${groups}), world_id('user', 1 + n % ${users}), world_expiry(n / 7), now() FROM s
       ON CONFLICT DO NOTHING`,
    ],
    [
      'members of one group',
      crowd,
      `INSERT INTO group_members (group_id, user_id, created_at) SELECT world_id('group', ${groups + 1}), world_id('user', n), now() FROM s`,
    ],
    [
      'permissions of groups on other things',
      groups,
      `INSERT INTO group_permissions (group_id, permission_id, created_at)
       SELECT world_id('group', n), CASE WHEN n % 2 = 0 THEN ${permission.add} ELSE ${permission.delete} END, now() FROM s WHERE n % 3 = 0`,
    ],
    [
      'permissions of users on other things',
      users / 10,
      `INSERT INTO user_permissions (user_id, permission_id, created_at) SELECT world_id('user', n * 10), ${permission.add}, now() FROM s`,
    ],
    [
      'objects',
      objects,
      `INSERT INTO catalog_products (id, name, description, price, currency, created_at, updated_at)
       SELECT world_id('product', n), md5(n::text), '', 100, 'EUR', now(), now() FROM s`,
    ],
    [
      'grants to users',
      own,
      `${grant('user', 'own')} ${object}, world_id('user', 1 + n % ${users}), world_expiry(n / 3), now() FROM s`,
    ],
    [
      'grants to groups',
      shared,
      `${grant('group', 'shared')} ${object}, world_id('group', 1 + n % ${groups}), world_expiry(n / 3), now() FROM s`,
    ],
    [
      'grants to the groups of one reader',
      seen,
      `${grant('group', 'reader')} world_id('product', n * ${objects / seen}), world_id('group', ${groups + 3} + n % ${READER_GROUPS}), NULL, now() FROM s`,
    ],
    [
      'grants on one object',
      users / 100,
      `${grant('user', 'popular')} world_id('product', 1), world_id('user', n * 100), NULL, now() FROM s ON CONFLICT DO NOTHING`,
    ],
  ];
};

/** Who is asked about: see the tables above. */
const people = ({ users, groups }, { view }) => `
  INSERT INTO group_inclusions (group_id, included_id, created_at)
    SELECT world_id('group', n), world_id('group', ${groups + 2}), now() FROM generate_series(${groups + 3}, ${groups + 2 + READER_GROUPS}) AS n;
  INSERT INTO group_members (group_id, user_id, created_at) VALUES (world_id('group', ${groups + 2}), world_id('user', ${users + 1}), now());
  INSERT INTO object_permissions (id, permission_id, object_id, user_id, created_at)
    SELECT world_id('grant ten', n), ${view}, world_id('product', n * 7), world_id('user', ${users + 2}), now() FROM generate_series(1, 10) AS n;
  INSERT INTO user_permissions (user_id, permission_id, created_at) VALUES (world_id('user', ${users + 3}), ${view}, now())`;

/**
 * Fills a migrated database. The database makes the rows itself, in batches; triggers and foreign keys are asleep
 * meanwhile, and the indexes of the grants are built when it is full.
 */
export async function createWorld(url, size) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const begun = performance.now();
  const say = (what) =>
    console.log(
      `  ${String(Math.round((performance.now() - begun) / 1000)).padStart(4)} s  ${what}`,
    );
  try {
    await client.query(
      "SET session_replication_role = 'replica'; SET maintenance_work_mem = '1GB'",
    );
    await client.query(FUNCTIONS);
    const permission = await permissionsOf(client);
    const indexes = await dropIndexes(client, 'object_permissions');
    for (const [name, count, sql] of tables(size, permission)) {
      for (let from = 1; from <= count; from += BATCH) {
        const to = Math.min(from + BATCH - 1, count);
        await client.query(
          `WITH s AS (SELECT n::bigint FROM generate_series($1::bigint, $2) AS n) ${sql}`,
          [from, to],
        );
        if (size.users > 1000)
          say(`${name}: ${to.toLocaleString('en')} of ${count.toLocaleString('en')}`);
      }
    }
    await client.query(people(size, permission));
    await client.query('CREATE INDEX ON catalog_products (name)');
    for (const sql of indexes) {
      await client.query(sql);
      if (size.users > 1000) say(sql.slice(0, 90));
    }
    await client.query('VACUUM ANALYZE');
    say(`a world of ${size.users.toLocaleString('en')} users is there`);
  } finally {
    await client.end();
  }
}

async function permissionsOf(client) {
  const ids = {};
  for (const action of ['add', 'change', 'delete', 'view']) {
    const { rows } = await client.query(
      "INSERT INTO permissions (name, resource) VALUES ($1, 'catalog.product') RETURNING id",
      [`catalog.${action}_product`],
    );
    ids[action] = rows[0].id;
  }
  return ids;
}

/** Takes the indexes away; what brings them back. */
async function dropIndexes(client, table) {
  const { rows } = await client.query(
    `SELECT i.indexrelid::regclass::text AS name, pg_get_indexdef(i.indexrelid) AS index,
            c.conname AS constraint, pg_get_constraintdef(c.oid) AS definition
       FROM pg_index i LEFT JOIN pg_constraint c ON c.conindid = i.indexrelid AND c.contype IN ('p', 'u')
      WHERE i.indrelid = $1::regclass`,
    [table],
  );
  for (const { name, constraint } of rows) {
    await client.query(
      constraint ? `ALTER TABLE ${table} DROP CONSTRAINT ${constraint}` : `DROP INDEX ${name}`,
    );
  }
  return rows.map(({ index, constraint, definition }) =>
    constraint ? `ALTER TABLE ${table} ADD CONSTRAINT ${constraint} ${definition}` : index,
  );
}
