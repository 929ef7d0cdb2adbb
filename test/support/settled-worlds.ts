import { ANONYMOUS_GROUP } from '../../src/permissions/holding/group.entity.js';
import { heard } from './heard.js';
import type { Name, World } from './naive-rights.js';
import type { TestApp } from './test-app.js';

/** Ids of the worlds begin with their number, from this one on. */
const FIRST = 0x70000000;

/** Puts worlds into one database, each with ids of its own, in a few statements. */
export class SettledWorlds {
  #last = FIRST;

  constructor(private readonly test: TestApp) {}

  /** The id of whatever has this name in the world that was settled last. */
  idOf(name: Name): string {
    if (name === 'everybody') return ANONYMOUS_GROUP;
    const kind = name.startsWith('u') ? '0001' : '0002';
    return `${this.prefix}-${kind}-7000-8000-${name.slice(1).padStart(12, '0')}`;
  }

  nameOf = (id: string): Name => `u${String(Number(id.slice(-12)))}`;

  /** Whether it is an id of this world. */
  has = (id: string): boolean => id.startsWith(this.prefix);

  /** Comes before every user of this world, and after everything of those before. */
  get before(): string {
    return `${this.prefix}-0000-7000-8000-000000000000`;
  }

  get after(): string {
    return `${this.prefix}-0003-7000-8000-000000000000`;
  }

  async settle(world: World): Promise<void> {
    this.#last++;
    const { database } = this.test;
    const users = world.users.map((user, n) => ({ id: this.idOf(`u${String(n)}`), ...user }));
    const groups = Array.from({ length: world.groups }, (_, n) => ({
      id: this.idOf(`g${String(n)}`),
    }));
    const id = (name: Name) => this.idOf(name);
    const members = world.members.map((m) => ({ a: id(m.group), b: id(m.user), until: m.until }));
    const inclusions = world.inclusions.map((i) => ({
      a: id(i.group),
      b: id(i.included),
      until: i.until,
    }));
    const held = world.held.map((h, n) => ({
      id: `${this.prefix}-0004-7000-8000-${String(n).padStart(12, '0')}`,
      user_id: h.holder.startsWith('u') ? id(h.holder) : null,
      group_id: h.holder.startsWith('u') ? null : id(h.holder),
      permission: h.permission,
      object_id: h.object === null ? null : id(h.object),
      until: h.until,
    }));
    await database.transaction(async (manager) => {
      const write = (statement: string, rows: unknown[]) =>
        rows.length > 0 && manager.query(statement, [JSON.stringify(rows)]);
      await write(USERS, users);
      await write(GROUPS, groups);
      await write(pairs('group_members (group_id, user_id'), members);
      await write(pairs('group_inclusions (group_id, included_id'), inclusions);
      for (const statement of HELD) await write(statement, held);
    });
  }

  /** What Anonymous holds is of every world: it goes with the world that brought it. */
  async unsettle(): Promise<void> {
    const { database } = this.test;
    for (const table of ['group_permissions', 'object_permissions']) {
      await database.query(`DELETE FROM ${table} WHERE group_id = $1`, [ANONYMOUS_GROUP]);
    }
  }

  async heardBy(app: TestApp): Promise<void> {
    await heard(app);
  }

  async clear(): Promise<void> {
    const { database } = this.test;
    for (const table of ['groups', 'users']) {
      await database.query(`DELETE FROM ${table} WHERE id > $1 AND id < $2`, [
        `${FIRST.toString(16)}-0000-7000-8000-000000000000`,
        `${(this.#last + 1).toString(16)}-0000-7000-8000-000000000000`,
      ]);
    }
  }

  private get prefix(): string {
    return this.#last.toString(16);
  }
}

const USERS = `INSERT INTO users (id, email, email_canonical, is_active, is_superuser, credentials_changed_at, created_at, updated_at)
  SELECT id, id || '@example.com', id || '@example.com', active, superuser, now(), now(), now()
    FROM jsonb_to_recordset($1::jsonb) AS x(id uuid, active boolean, superuser boolean)`;

const GROUPS = `INSERT INTO groups (id, name, name_canonical, created_at, updated_at)
  SELECT id, id, id, now(), now() FROM jsonb_to_recordset($1::jsonb) AS x(id uuid)`;

const pairs = (into: string) => `INSERT INTO ${into}, expires_at, created_at)
  SELECT a, b, until, now() FROM jsonb_to_recordset($1::jsonb) AS x(a uuid, b uuid, until timestamptz)`;

const FROM_HELD = `FROM jsonb_to_recordset($1::jsonb) AS x(id uuid, user_id uuid, group_id uuid, permission text, object_id uuid, until timestamptz)
  JOIN permissions p ON p.name = x.permission`;

const HELD = [
  `INSERT INTO user_permissions (user_id, permission_id, expires_at, created_at)
   SELECT user_id, p.id, until, now() ${FROM_HELD} WHERE user_id IS NOT NULL AND object_id IS NULL`,
  `INSERT INTO group_permissions (group_id, permission_id, expires_at, created_at)
   SELECT group_id, p.id, until, now() ${FROM_HELD} WHERE group_id IS NOT NULL AND object_id IS NULL`,
  `INSERT INTO object_permissions (id, user_id, group_id, permission_id, object_id, expires_at, created_at)
   SELECT x.id, user_id, group_id, p.id, object_id, until, now() ${FROM_HELD} WHERE object_id IS NOT NULL`,
];

/** The cursor of a page that ended with this id. */
export const cursorAt = (id: string): string =>
  Buffer.from(id.replaceAll('-', ''), 'hex').toString('base64url');
export const idAt = (cursor: string): string =>
  Buffer.from(cursor, 'base64url')
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
