import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** API keys, and principals for servers: a row of `users` that has no address, no password and no sign-in. */
export class ApiKeys1798000000000 implements MigrationInterface {
  name = 'ApiKeys1798000000000';

  public async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of [...users, ...tables, ...announcements]) {
      await queryRunner.query(statement);
    }
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of back) await queryRunner.query(statement);
  }
}

const users = [
  `ALTER TABLE "users" ADD "is_service_account" boolean NOT NULL DEFAULT false`,
  `ALTER TABLE "users" ALTER COLUMN "email" DROP NOT NULL`,
  `ALTER TABLE "users" ALTER COLUMN "email_canonical" DROP NOT NULL`,
  `CREATE INDEX "users_service_accounts" ON "users" ("id") WHERE is_service_account`,
  `ALTER TABLE "users" ADD CONSTRAINT "users_service_account" CHECK (CASE WHEN "is_service_account" THEN num_nonnulls("email", "email_canonical", "password_hash", "email_verified_at", "left_at") = 0 AND NOT "is_staff" AND NOT "is_superuser" ELSE num_nonnulls("email", "email_canonical") = 2 END)`,
];

const tables = [
  `CREATE TABLE "api_key_peppers" ("id" uuid NOT NULL, "sealed_pepper" bytea NOT NULL, "made_under" bytea NOT NULL, "created_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL, CONSTRAINT "api_key_peppers_pkey" PRIMARY KEY ("id"))`,
  `CREATE UNIQUE INDEX "api_key_peppers_made_under_key" ON "api_key_peppers" ("made_under")`,
  `CREATE TABLE "api_keys" ("id" uuid NOT NULL, "user_id" uuid NOT NULL, "name" character varying(100) NOT NULL, "environment" character varying(4) NOT NULL, "secret_mac" bytea NOT NULL, "pepper_id" uuid NOT NULL, "is_scoped" boolean NOT NULL, "allowed_ips" text array NOT NULL DEFAULT '{}', "rate_limit" integer, "rate_window" integer, "created_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL, "starts_at" TIMESTAMP(3) WITH TIME ZONE, "expires_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL, "retires_at" TIMESTAMP(3) WITH TIME ZONE, "disabled_at" TIMESTAMP(3) WITH TIME ZONE, "revoked_at" TIMESTAMP(3) WITH TIME ZONE, "rotated_from" uuid, "created_by" uuid, "last_used_at" TIMESTAMP(3) WITH TIME ZONE, "last_used_ip" character varying(45), "use_count" bigint NOT NULL DEFAULT '0', "next_warning_at" TIMESTAMP(3) WITH TIME ZONE, CONSTRAINT "api_keys_secret_mac" CHECK (octet_length("secret_mac") = 32), CONSTRAINT "api_keys_rate" CHECK (num_nonnulls("rate_limit", "rate_window") IN (0, 2)), CONSTRAINT "api_keys_starts" CHECK ("starts_at" < "expires_at"), CONSTRAINT "api_keys_times" CHECK ("expires_at" > "created_at" AND "retires_at" <= "expires_at"), CONSTRAINT "api_keys_environment" CHECK ("environment" IN ('live', 'test')), CONSTRAINT "api_keys_name" CHECK ("name" <> ''), CONSTRAINT "api_keys_pkey" PRIMARY KEY ("id"))`,
  `CREATE INDEX "api_keys_pepper_id_idx" ON "api_keys" ("pepper_id")`,
  `CREATE INDEX "api_keys_expires_at_idx" ON "api_keys" ("expires_at")`,
  `CREATE INDEX "api_keys_retires_at_idx" ON "api_keys" ("retires_at") WHERE retires_at IS NOT NULL`,
  `CREATE INDEX "api_keys_revoked_at_idx" ON "api_keys" ("revoked_at") WHERE revoked_at IS NOT NULL`,
  `CREATE INDEX "api_keys_created_by_idx" ON "api_keys" ("created_by")`,
  `CREATE UNIQUE INDEX "api_keys_rotated_from_key" ON "api_keys" ("rotated_from") WHERE rotated_from IS NOT NULL`,
  `CREATE INDEX "api_keys_next_warning_at_idx" ON "api_keys" ("next_warning_at") WHERE next_warning_at IS NOT NULL`,
  `CREATE INDEX "api_keys_user_id_id_idx" ON "api_keys" ("user_id", "id")`,
  `CREATE TABLE "api_key_scopes" ("id" uuid NOT NULL, "key_id" uuid NOT NULL, "permission_id" integer NOT NULL, "object_id" uuid, CONSTRAINT "api_key_scopes_pkey" PRIMARY KEY ("id"))`,
  `CREATE INDEX "api_key_scopes_permission_id_idx" ON "api_key_scopes" ("permission_id")`,
  `CREATE UNIQUE INDEX "api_key_scopes_object_key" ON "api_key_scopes" ("key_id", "permission_id", "object_id") WHERE object_id IS NOT NULL`,
  `CREATE UNIQUE INDEX "api_key_scopes_everywhere_key" ON "api_key_scopes" ("key_id", "permission_id") WHERE object_id IS NULL`,
  `CREATE TABLE "api_key_uses" ("key_id" uuid NOT NULL, "ip" character varying(45) NOT NULL, "count" bigint NOT NULL, "last_used_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL, CONSTRAINT "api_key_uses_pkey" PRIMARY KEY ("key_id", "ip"))`,
  `CREATE TABLE "service_accounts" ("id" uuid NOT NULL, "name" character varying(100) NOT NULL, "name_canonical" character varying(400) NOT NULL, "description" character varying(500) NOT NULL DEFAULT '', "responsible_user_id" uuid, "responsible_group_id" uuid, "created_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL, "updated_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL, CONSTRAINT "service_accounts_name_canonical_key" UNIQUE ("name_canonical"), CONSTRAINT "service_accounts_responsible" CHECK (num_nonnulls("responsible_user_id", "responsible_group_id") <= 1), CONSTRAINT "service_accounts_name" CHECK ("name" <> ''), CONSTRAINT "service_accounts_pkey" PRIMARY KEY ("id"))`,
  `CREATE INDEX "service_accounts_responsible_user_id_idx" ON "service_accounts" ("responsible_user_id")`,
  `CREATE INDEX "service_accounts_responsible_group_id_idx" ON "service_accounts" ("responsible_group_id")`,
  `ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE`,
  `ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_pepper_id_fkey" FOREIGN KEY ("pepper_id") REFERENCES "api_key_peppers"("id")`,
  `ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_rotated_from_fkey" FOREIGN KEY ("rotated_from") REFERENCES "api_keys"("id") ON DELETE SET NULL`,
  `ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_created_by_fkey" FOREIGN KEY ("created_by") REFERENCES "users"("id") ON DELETE SET NULL`,
  `ALTER TABLE "api_key_scopes" ADD CONSTRAINT "api_key_scopes_key_id_fkey" FOREIGN KEY ("key_id") REFERENCES "api_keys"("id") ON DELETE CASCADE`,
  `ALTER TABLE "api_key_scopes" ADD CONSTRAINT "api_key_scopes_permission_id_fkey" FOREIGN KEY ("permission_id") REFERENCES "permissions"("id") ON DELETE CASCADE`,
  `ALTER TABLE "api_key_uses" ADD CONSTRAINT "api_key_uses_key_id_fkey" FOREIGN KEY ("key_id") REFERENCES "api_keys"("id") ON DELETE CASCADE`,
  `ALTER TABLE "service_accounts" ADD CONSTRAINT "service_accounts_id_fkey" FOREIGN KEY ("id") REFERENCES "users"("id") ON DELETE CASCADE`,
  `ALTER TABLE "service_accounts" ADD CONSTRAINT "service_accounts_responsible_user_id_fkey" FOREIGN KEY ("responsible_user_id") REFERENCES "users"("id") ON DELETE SET NULL`,
  `ALTER TABLE "service_accounts" ADD CONSTRAINT "service_accounts_responsible_group_id_fkey" FOREIGN KEY ("responsible_group_id") REFERENCES "groups"("id") ON DELETE SET NULL`,
  // Updates of when it was used last stay on their page and touch no index.
  `ALTER TABLE "api_keys" SET (fillfactor = 85)`,
];

/** All but what is counted in passing (`last_used_at` and the like) and what tells nothing of what a key opens. */
const announcements = [
  `CREATE TRIGGER "api_keys_announce_end" AFTER DELETE ON "api_keys"
   FOR EACH ROW WHEN (OLD.expires_at > now() AND OLD.revoked_at IS NULL) EXECUTE FUNCTION "announce_row"()`,
  `CREATE TRIGGER "api_keys_announce_change" AFTER UPDATE OF "user_id", "name", "secret_mac", "is_scoped", "allowed_ips", "rate_limit", "rate_window", "starts_at", "expires_at", "retires_at", "disabled_at", "revoked_at" ON "api_keys"
   FOR EACH ROW EXECUTE FUNCTION "announce_row"()`,
  `CREATE TRIGGER "api_keys_announce_truncate" AFTER TRUNCATE ON "api_keys"
   FOR EACH STATEMENT EXECUTE FUNCTION "announce_table"()`,
  // A permission that is gone takes scopes away.
  `CREATE FUNCTION "announce_key_of_scope"() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     PERFORM pg_notify('gatehouse', 'api_keys:' || COALESCE(NEW.key_id, OLD.key_id));
     RETURN NULL;
   END $$`,
  `CREATE TRIGGER "api_key_scopes_announce" AFTER INSERT OR UPDATE OR DELETE ON "api_key_scopes"
   FOR EACH ROW EXECUTE FUNCTION "announce_key_of_scope"()`,
  `CREATE TRIGGER "api_key_scopes_announce_truncate" AFTER TRUNCATE ON "api_key_scopes"
   FOR EACH STATEMENT EXECUTE FUNCTION "announce_topic"('api_keys')`,
];

const back = [
  `DROP TABLE "service_accounts"`,
  `DROP TABLE "api_key_uses"`,
  `DROP TABLE "api_key_scopes"`,
  `DROP TABLE "api_keys"`,
  `DROP TABLE "api_key_peppers"`,
  `DROP FUNCTION "announce_key_of_scope"()`,
  `DELETE FROM "users" WHERE "is_service_account"`,
  `ALTER TABLE "users" DROP CONSTRAINT "users_service_account"`,
  `DROP INDEX "users_service_accounts"`,
  `ALTER TABLE "users" ALTER COLUMN "email" SET NOT NULL, ALTER COLUMN "email_canonical" SET NOT NULL`,
  `ALTER TABLE "users" DROP COLUMN "is_service_account"`,
];
