import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** The catalogue of permissions, groups, and who holds what: on all objects of a kind, or on one. */
export class Permissions1796000000000 implements MigrationInterface {
  name = 'Permissions1796000000000';

  public async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of [...tables, ...acyclic, ...announcements, ...endings, ...detaching]) {
      await queryRunner.query(statement);
    }
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of down) await queryRunner.query(statement);
  }
}

const ANONYMOUS = '00000000-0000-7000-8000-000000000001';

const HOLDING = `"expires_at" TIMESTAMP(3) WITH TIME ZONE, "created_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL`;

const userKey = (table: string) =>
  `CONSTRAINT "${table}_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE`;
const groupKey = (table: string, column = 'group_id') =>
  `CONSTRAINT "${table}_${column}_fkey" FOREIGN KEY ("${column}") REFERENCES "groups"("id") ON DELETE CASCADE`;
const permissionKey = (table: string) =>
  `CONSTRAINT "${table}_permission_id_fkey" FOREIGN KEY ("permission_id") REFERENCES "permissions"("id") ON DELETE CASCADE`;
const expiry = (table: string) =>
  `CREATE INDEX "${table}_expires_at_idx" ON "${table}" ("expires_at") WHERE expires_at IS NOT NULL`;

const tables = [
  `CREATE TABLE "permissions" ("id" integer GENERATED ALWAYS AS IDENTITY NOT NULL, "name" character varying(150) NOT NULL, "resource" character varying(150) NOT NULL, CONSTRAINT "permissions_name_key" UNIQUE ("name"), CONSTRAINT "permissions_name_shape" CHECK ("name" ~ '^[a-z][a-z0-9_]*\\.[a-z][a-z0-9_]*$'), CONSTRAINT "permissions_pkey" PRIMARY KEY ("id"))`,
  `CREATE TABLE "groups" ("id" uuid NOT NULL, "name" character varying(150) NOT NULL, "name_canonical" character varying(600) NOT NULL, "description" character varying(500) NOT NULL DEFAULT '', "created_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL, "updated_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL, CONSTRAINT "groups_name_canonical_key" UNIQUE ("name_canonical"), CONSTRAINT "groups_pkey" PRIMARY KEY ("id"))`,
  `INSERT INTO "groups" ("id", "name", "name_canonical", "description", "created_at", "updated_at") VALUES ('${ANONYMOUS}', 'Anonymous', 'anonymous', 'Everybody, signed in or not.', now(), now())`,

  `CREATE TABLE "group_members" (${HOLDING}, "group_id" uuid NOT NULL, "user_id" uuid NOT NULL, CONSTRAINT "group_members_not_anonymous" CHECK ("group_id" <> '${ANONYMOUS}'), CONSTRAINT "group_members_pkey" PRIMARY KEY ("group_id", "user_id"), ${groupKey('group_members')}, ${userKey('group_members')})`,
  `CREATE INDEX "group_members_user_id_idx" ON "group_members" ("user_id")`,
  expiry('group_members'),

  `CREATE TABLE "group_inclusions" (${HOLDING}, "group_id" uuid NOT NULL, "included_id" uuid NOT NULL, CONSTRAINT "group_inclusions_not_anonymous" CHECK ('${ANONYMOUS}' <> "group_id" AND '${ANONYMOUS}' <> "included_id"), CONSTRAINT "group_inclusions_pkey" PRIMARY KEY ("group_id", "included_id"), ${groupKey('group_inclusions')}, ${groupKey('group_inclusions', 'included_id')})`,
  `CREATE INDEX "group_inclusions_included_id_idx" ON "group_inclusions" ("included_id")`,
  expiry('group_inclusions'),

  `CREATE TABLE "user_permissions" (${HOLDING}, "user_id" uuid NOT NULL, "permission_id" integer NOT NULL, CONSTRAINT "user_permissions_pkey" PRIMARY KEY ("user_id", "permission_id"), ${userKey('user_permissions')}, ${permissionKey('user_permissions')})`,
  `CREATE INDEX "user_permissions_permission_id_user_id_idx" ON "user_permissions" ("permission_id", "user_id")`,
  expiry('user_permissions'),

  `CREATE TABLE "group_permissions" (${HOLDING}, "group_id" uuid NOT NULL, "permission_id" integer NOT NULL, CONSTRAINT "group_permissions_pkey" PRIMARY KEY ("group_id", "permission_id"), ${groupKey('group_permissions')}, ${permissionKey('group_permissions')})`,
  `CREATE INDEX "group_permissions_permission_id_group_id_idx" ON "group_permissions" ("permission_id", "group_id")`,
  expiry('group_permissions'),

  `CREATE TABLE "object_permissions" (${HOLDING}, "id" uuid NOT NULL, "permission_id" integer NOT NULL, "object_id" uuid NOT NULL, "user_id" uuid, "group_id" uuid, CONSTRAINT "object_permissions_one_holder" CHECK (num_nonnulls("user_id", "group_id") = 1), CONSTRAINT "object_permissions_pkey" PRIMARY KEY ("id"), ${permissionKey('object_permissions')}, ${userKey('object_permissions')}, ${groupKey('object_permissions')})`,
  `CREATE UNIQUE INDEX "object_permissions_user_key" ON "object_permissions" ("user_id", "permission_id", "object_id") WHERE user_id IS NOT NULL`,
  `CREATE UNIQUE INDEX "object_permissions_group_key" ON "object_permissions" ("group_id", "permission_id", "object_id") WHERE group_id IS NOT NULL`,
  `CREATE INDEX "object_permissions_object_idx" ON "object_permissions" ("object_id", "user_id", "group_id")`,
  `CREATE INDEX "object_permissions_permission_id_idx" ON "object_permissions" ("permission_id")`,
  expiry('object_permissions'),
];

/** One change of the tree of groups at a time: two that are made at once could close a circle together. */
const acyclic = [
  `CREATE FUNCTION "refuse_circle_of_groups"() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     PERFORM pg_advisory_xact_lock(7165201991);
     IF EXISTS (
       WITH RECURSIVE below(id) AS (
         SELECT NEW.included_id
         UNION SELECT i.included_id FROM below b JOIN group_inclusions i ON i.group_id = b.id)
       SELECT 1 FROM below WHERE id = NEW.group_id
     ) THEN
       RAISE EXCEPTION 'A group cannot contain itself' USING ERRCODE = 'check_violation', CONSTRAINT = 'group_inclusions_acyclic';
     END IF;
     RETURN NULL;
   END $$`,
  `CREATE TRIGGER "group_inclusions_acyclic" AFTER INSERT OR UPDATE OF "group_id", "included_id" ON "group_inclusions"
   FOR EACH ROW EXECUTE FUNCTION "refuse_circle_of_groups"()`,
];

/** More than so many at once are announced as one: everything may have changed. */
const MOST = 100;

/**
 * What a node remembers of rights is forgotten when they change, whoever changes them: `holdings:<user>` is what a user
 * holds on all objects, `holdings` the same of everybody, `object_permissions:<object>` who holds what on one.
 */
const announcer = (name: string, topic: string, column: string) =>
  `CREATE FUNCTION "${name}"() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     IF (SELECT count(*) FROM (SELECT 1 FROM changed LIMIT ${String(MOST + 1)}) AS few) > ${String(MOST)} THEN
       PERFORM pg_notify('gatehouse', '${topic}');
     ELSE
       PERFORM pg_notify('gatehouse', '${topic}:' || "${column}") FROM changed;
     END IF;
     RETURN NULL;
   END $$`;

const TRANSITIONS = [
  ['insert', 'INSERT', 'NEW'],
  ['update', 'UPDATE', 'NEW'],
  ['update_from', 'UPDATE', 'OLD'],
  ['delete', 'DELETE', 'OLD'],
] as const;

const announced = (table: string, announce: string) => [
  ...TRANSITIONS.map(
    ([name, event, rows]) =>
      `CREATE TRIGGER "${table}_announce_${name}" AFTER ${event} ON "${table}" REFERENCING ${rows} TABLE AS changed
       FOR EACH STATEMENT EXECUTE FUNCTION "${announce}"()`,
  ),
  `CREATE TRIGGER "${table}_announce_truncate" AFTER TRUNCATE ON "${table}"
   FOR EACH STATEMENT EXECUTE FUNCTION "announce_topic"('${table === 'object_permissions' ? table : 'holdings'}')`,
];

const announcements = [
  `CREATE FUNCTION "announce_topic"() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     PERFORM pg_notify('gatehouse', TG_ARGV[0]);
     RETURN NULL;
   END $$`,
  `CREATE FUNCTION "announce_all_holdings"() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     IF EXISTS (SELECT 1 FROM changed) THEN PERFORM pg_notify('gatehouse', 'holdings'); END IF;
     RETURN NULL;
   END $$`,
  announcer('announce_holdings', 'holdings', 'user_id'),
  announcer('announce_object_permissions', 'object_permissions', 'object_id'),
  ...announced('user_permissions', 'announce_holdings'),
  ...announced('group_members', 'announce_holdings'),
  ...announced('group_permissions', 'announce_all_holdings'),
  ...announced('group_inclusions', 'announce_all_holdings'),
  ...announced('object_permissions', 'announce_object_permissions'),
];

const endings = [
  `CREATE FUNCTION "forget_object"() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     DELETE FROM object_permissions USING gone
      WHERE object_id = gone.id
        AND permission_id IN (SELECT id FROM permissions WHERE resource = TG_ARGV[0]);
     RETURN NULL;
   END $$`,
  `CREATE FUNCTION "forget_objects"() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     DELETE FROM object_permissions WHERE permission_id IN (SELECT id FROM permissions WHERE resource = TG_ARGV[0]);
     RETURN NULL;
   END $$`,
  `CREATE FUNCTION "keep_a_superuser"() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     PERFORM pg_advisory_xact_lock(7165201992);
     IF NOT EXISTS (SELECT 1 FROM users WHERE is_superuser AND is_active) THEN
       RAISE EXCEPTION 'Somebody must be a superuser' USING ERRCODE = 'check_violation', CONSTRAINT = 'users_last_superuser';
     END IF;
     RETURN NULL;
   END $$`,
  `CREATE TRIGGER "users_last_superuser" AFTER UPDATE OF "is_superuser", "is_active" ON "users"
   FOR EACH ROW WHEN (OLD.is_superuser AND OLD.is_active AND NOT (NEW.is_superuser AND NEW.is_active))
   EXECUTE FUNCTION "keep_a_superuser"()`,
  `CREATE TRIGGER "users_last_superuser_deleted" AFTER DELETE ON "users"
   FOR EACH ROW WHEN (OLD.is_superuser AND OLD.is_active) EXECUTE FUNCTION "keep_a_superuser"()`,
];

const detach = (kept: string) =>
  `CREATE OR REPLACE FUNCTION "detach_from_user"("owner" uuid) RETURNS void LANGUAGE plpgsql AS $$
   DECLARE "child" record;
   BEGIN
     FOR "child" IN
       SELECT c.conrelid::regclass AS "name", a.attname AS "key"
         FROM pg_constraint c
         JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
        WHERE c.contype = 'f' AND c.confrelid = '"users"'::regclass AND c.confdeltype = 'c'${kept}
        ORDER BY c.conrelid::regclass::text
     LOOP
       EXECUTE format('DELETE FROM %s WHERE %I = $1', "child"."name", "child"."key") USING "owner";
     END LOOP;
   END $$`;

/** Rights are given by others, not attached by whoever registered the account: they stay. */
const detaching = [
  detach(`
          AND c.conrelid NOT IN ('"user_permissions"'::regclass, '"group_members"'::regclass, '"object_permissions"'::regclass)`),
];

const down = [
  detach(''),
  `DROP TRIGGER "users_last_superuser_deleted" ON "users"`,
  `DROP TRIGGER "users_last_superuser" ON "users"`,
  `DROP FUNCTION "keep_a_superuser"()`,
  `DROP FUNCTION "forget_objects"() CASCADE`,
  `DROP FUNCTION "forget_object"() CASCADE`,
  `DROP TABLE "object_permissions"`,
  `DROP TABLE "group_permissions"`,
  `DROP TABLE "user_permissions"`,
  `DROP TABLE "group_inclusions"`,
  `DROP TABLE "group_members"`,
  `DROP TABLE "groups"`,
  `DROP TABLE "permissions"`,
  `DROP FUNCTION "announce_object_permissions"()`,
  `DROP FUNCTION "announce_holdings"()`,
  `DROP FUNCTION "announce_all_holdings"()`,
  `DROP FUNCTION "announce_topic"()`,
  `DROP FUNCTION "refuse_circle_of_groups"()`,
];
