import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * Sessions get secrets, and changes announce themselves. Sessions of before have no secret to carry them on:
 * their access tokens would have lived for minutes, so they end here.
 */
export class SessionsAndTokens1795393000000 implements MigrationInterface {
  name = 'SessionsAndTokens1795393000000';

  public async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of [...columns, ...announcements]) await queryRunner.query(statement);
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of [...silence, ...withoutColumns]) await queryRunner.query(statement);
  }
}

const columns = [
  `DELETE FROM "sessions"`,
  `DROP INDEX "public"."sessions_user_id_idx"`,
  `ALTER TABLE "sessions" ADD "secret_hash" bytea, ADD "refresh_hash" bytea, ADD "refresh_previous_hash" bytea, ADD "refresh_salt" bytea, ADD "refreshed_at" TIMESTAMP(3) WITH TIME ZONE, ADD "data" jsonb NOT NULL DEFAULT '{}'`,
  `CREATE INDEX "sessions_user_id_id_idx" ON "sessions" ("user_id", "id")`,
  `ALTER TABLE "sessions" ADD CONSTRAINT "sessions_cookie_secret" CHECK (("transport" = 'cookie') = ("secret_hash" IS NOT NULL))`,
  `ALTER TABLE "sessions" ADD CONSTRAINT "sessions_refresh_secret" CHECK (("transport" = 'token') = ("refresh_hash" IS NOT NULL))`,
  `ALTER TABLE "sessions" ADD CONSTRAINT "sessions_data_size" CHECK (octet_length("data"::text) <= 16384)`,
  // Updates of `last_seen_at` alone stay on their page and touch no index.
  `ALTER TABLE "sessions" SET (fillfactor = 85)`,
];

const withoutColumns = [
  `DELETE FROM "sessions"`,
  `ALTER TABLE "sessions" RESET (fillfactor)`,
  `ALTER TABLE "sessions" DROP CONSTRAINT "sessions_data_size"`,
  `ALTER TABLE "sessions" DROP CONSTRAINT "sessions_refresh_secret"`,
  `ALTER TABLE "sessions" DROP CONSTRAINT "sessions_cookie_secret"`,
  `DROP INDEX "public"."sessions_user_id_id_idx"`,
  `ALTER TABLE "sessions" DROP COLUMN "data", DROP COLUMN "refreshed_at", DROP COLUMN "refresh_salt", DROP COLUMN "refresh_previous_hash", DROP COLUMN "refresh_hash", DROP COLUMN "secret_hash"`,
  `CREATE INDEX "sessions_user_id_idx" ON "sessions" ("user_id")`,
];

/**
 * `NOTIFY` is sent if and only if the transaction commits, whoever makes the change, psql included. What
 * changes with every sign-in (`last_login_at`, an upgraded hash) and every minute (`last_seen_at`) is
 * remembered nowhere and not announced; nor is a session that was over anyway.
 */
const announcements = [
  `CREATE FUNCTION "announce_row"() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     PERFORM pg_notify('gatehouse', TG_TABLE_NAME || ':' || OLD.id);
     RETURN NULL;
   END $$`,
  `CREATE FUNCTION "announce_table"() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     PERFORM pg_notify('gatehouse', TG_TABLE_NAME);
     RETURN NULL;
   END $$`,
  `CREATE FUNCTION "end_sessions_of_deactivated"() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     DELETE FROM "sessions" WHERE "user_id" = NEW.id;
     RETURN NULL;
   END $$`,
  `CREATE TRIGGER "sessions_announce_end" AFTER DELETE ON "sessions"
   FOR EACH ROW WHEN (OLD.expires_at > now()) EXECUTE FUNCTION "announce_row"()`,
  `CREATE TRIGGER "sessions_announce_change"
   AFTER UPDATE OF "id", "user_id", "methods", "authenticated_at", "expires_at", "transport", "secret_hash" ON "sessions"
   FOR EACH ROW EXECUTE FUNCTION "announce_row"()`,
  `CREATE TRIGGER "sessions_announce_truncate" AFTER TRUNCATE ON "sessions"
   FOR EACH STATEMENT EXECUTE FUNCTION "announce_table"()`,
  `CREATE TRIGGER "users_announce_end" AFTER DELETE ON "users"
   FOR EACH ROW EXECUTE FUNCTION "announce_row"()`,
  `CREATE TRIGGER "users_announce_change" AFTER UPDATE ON "users"
   FOR EACH ROW WHEN (to_jsonb(OLD) - '{last_login_at,password_hash}'::text[] IS DISTINCT FROM to_jsonb(NEW) - '{last_login_at,password_hash}'::text[])
   EXECUTE FUNCTION "announce_row"()`,
  `CREATE TRIGGER "users_announce_truncate" AFTER TRUNCATE ON "users"
   FOR EACH STATEMENT EXECUTE FUNCTION "announce_table"()`,
  `CREATE TRIGGER "users_deactivated" AFTER UPDATE OF "is_active" ON "users"
   FOR EACH ROW WHEN (OLD.is_active AND NOT NEW.is_active) EXECUTE FUNCTION "end_sessions_of_deactivated"()`,
];

const silence = [
  `DROP TRIGGER "users_deactivated" ON "users"`,
  `DROP TRIGGER "users_announce_truncate" ON "users"`,
  `DROP TRIGGER "users_announce_change" ON "users"`,
  `DROP TRIGGER "users_announce_end" ON "users"`,
  `DROP TRIGGER "sessions_announce_truncate" ON "sessions"`,
  `DROP TRIGGER "sessions_announce_change" ON "sessions"`,
  `DROP TRIGGER "sessions_announce_end" ON "sessions"`,
  `DROP FUNCTION "end_sessions_of_deactivated"()`,
  `DROP FUNCTION "announce_table"()`,
  `DROP FUNCTION "announce_row"()`,
];
