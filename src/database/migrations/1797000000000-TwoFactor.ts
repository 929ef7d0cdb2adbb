import { type MigrationInterface, type QueryRunner } from 'typeorm';

const TABLES = [
  'login_challenges',
  'totp_factors',
  'totp_enrollments',
  'recovery_codes',
  'passkeys',
  'passkey_challenges',
  'two_factor_resets',
];

/** Second factors, what waits for them, who must have them, and what their change ends. */
export class TwoFactor1797000000000 implements MigrationInterface {
  name = 'TwoFactor1797000000000';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await addColumns(queryRunner);
    await addFactors(queryRunner);
    await addPasskeys(queryRunner);
    await addWaiting(queryRunner);
    await addEndings(queryRunner);
    await allowPurposes(queryRunner, [...PURPOSES, 'stop_factor_reset']);
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DELETE FROM "one_time_tokens" WHERE "purpose" = 'stop_factor_reset'`);
    await allowPurposes(queryRunner, PURPOSES);
    await queryRunner.query(`DROP TRIGGER "users_end_half_proofs" ON "users"`);
    await queryRunner.query(`DROP FUNCTION "end_half_proofs_of_changed"()`);
    for (const table of TABLES) await queryRunner.query(`DROP TABLE "${table}"`);
    await queryRunner.query(`ALTER TABLE "users" DROP COLUMN "two_factor_due_at"`);
    await queryRunner.query(`ALTER TABLE "permissions" DROP COLUMN "requires_two_factor"`);
    await queryRunner.query(`ALTER TABLE "groups" DROP COLUMN "requires_two_factor"`);
    await queryRunner.query(
      `ALTER TABLE "known_devices" DROP COLUMN "trusted_at", DROP COLUMN "trusted_until", DROP COLUMN "name", DROP COLUMN "user_agent"`,
    );
    await queryRunner.query(
      `ALTER TABLE "sessions" DROP COLUMN "two_factor_at", DROP COLUMN "enroll_by"`,
    );
  }
}

const PURPOSES = [
  'verify_email',
  'reset_password',
  'change_email',
  'undo_email_change',
  'undo_deletion',
];

async function allowPurposes(queryRunner: QueryRunner, purposes: readonly string[]): Promise<void> {
  const list = purposes.map((purpose) => `'${purpose}'`).join(', ');
  await queryRunner.query(
    `ALTER TABLE "one_time_tokens" DROP CONSTRAINT "one_time_tokens_purpose"`,
  );
  await queryRunner.query(
    `ALTER TABLE "one_time_tokens" ADD CONSTRAINT "one_time_tokens_purpose" CHECK ("purpose" IN (${list}))`,
  );
}

async function addColumns(queryRunner: QueryRunner): Promise<void> {
  await queryRunner.query(
    `ALTER TABLE "sessions" ADD "two_factor_at" TIMESTAMP(3) WITH TIME ZONE, ADD "enroll_by" TIMESTAMP(3) WITH TIME ZONE`,
  );
  await queryRunner.query(
    `ALTER TABLE "sessions" ADD CONSTRAINT "sessions_enrolled" CHECK ("two_factor_at" IS NULL OR "enroll_by" IS NULL)`,
  );
  await queryRunner.query(
    `ALTER TABLE "known_devices" ADD "trusted_at" TIMESTAMP(3) WITH TIME ZONE, ADD "trusted_until" TIMESTAMP(3) WITH TIME ZONE, ADD "name" character varying(100), ADD "user_agent" character varying(512)`,
  );
  await queryRunner.query(
    `ALTER TABLE "known_devices" ADD CONSTRAINT "known_devices_trusted" CHECK (("trusted_at" IS NULL) = ("trusted_until" IS NULL))`,
  );
  await queryRunner.query(
    `ALTER TABLE "groups" ADD "requires_two_factor" boolean NOT NULL DEFAULT false`,
  );
  await queryRunner.query(
    `ALTER TABLE "permissions" ADD "requires_two_factor" boolean NOT NULL DEFAULT false`,
  );
  await queryRunner.query(
    `ALTER TABLE "users" ADD "two_factor_due_at" TIMESTAMP(3) WITH TIME ZONE`,
  );
}

async function addFactors(queryRunner: QueryRunner): Promise<void> {
  await queryRunner.query(
    `CREATE TABLE "totp_factors" ("user_id" uuid NOT NULL, "sealed_secret" bytea NOT NULL, "last_step" integer NOT NULL, "created_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL, "last_used_at" TIMESTAMP(3) WITH TIME ZONE, CONSTRAINT "totp_factors_last_step" CHECK ("last_step" >= 0), CONSTRAINT "totp_factors_pkey" PRIMARY KEY ("user_id"))`,
  );
  await ownedByUser(queryRunner, 'totp_factors');
  await queryRunner.query(
    `CREATE TABLE "totp_enrollments" ("user_id" uuid NOT NULL, "sealed_secret" bytea NOT NULL, "expires_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL, CONSTRAINT "totp_enrollments_pkey" PRIMARY KEY ("user_id"))`,
  );
  await queryRunner.query(
    `CREATE INDEX "totp_enrollments_expires_at_idx" ON "totp_enrollments" ("expires_at")`,
  );
  await ownedByUser(queryRunner, 'totp_enrollments');
  await queryRunner.query(
    `CREATE TABLE "recovery_codes" ("id" uuid NOT NULL, "user_id" uuid NOT NULL, "code_hash" bytea NOT NULL, "created_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL, "used_at" TIMESTAMP(3) WITH TIME ZONE, CONSTRAINT "recovery_codes_user_id_code_hash_key" UNIQUE ("user_id", "code_hash"), CONSTRAINT "recovery_codes_pkey" PRIMARY KEY ("id"))`,
  );
  await ownedByUser(queryRunner, 'recovery_codes');
}

async function addPasskeys(queryRunner: QueryRunner): Promise<void> {
  await queryRunner.query(
    `CREATE TABLE "passkeys" ("id" uuid NOT NULL, "user_id" uuid NOT NULL, "credential_id" bytea NOT NULL, "public_key" bytea NOT NULL, "user_handle" bytea NOT NULL, "sign_count" bigint NOT NULL, "backup_eligible" boolean NOT NULL, "backed_up" boolean NOT NULL, "user_verified" boolean NOT NULL, "transports" text array NOT NULL, "aaguid" uuid NOT NULL, "name" character varying(100) NOT NULL, "created_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL, "last_used_at" TIMESTAMP(3) WITH TIME ZONE, CONSTRAINT "passkeys_credential_id_key" UNIQUE ("credential_id"), CONSTRAINT "passkeys_credential_id_size" CHECK (octet_length("credential_id") BETWEEN 1 AND 1023), CONSTRAINT "passkeys_user_handle_size" CHECK (octet_length("user_handle") BETWEEN 1 AND 64), CONSTRAINT "passkeys_backed_up" CHECK ("backup_eligible" OR NOT "backed_up"), CONSTRAINT "passkeys_sign_count" CHECK ("sign_count" BETWEEN 0 AND 4294967295), CONSTRAINT "passkeys_pkey" PRIMARY KEY ("id"))`,
  );
  await queryRunner.query(`CREATE INDEX "passkeys_user_id_idx" ON "passkeys" ("user_id")`);
  await ownedByUser(queryRunner, 'passkeys');
  await queryRunner.query(
    `CREATE TABLE "passkey_challenges" ("id" uuid NOT NULL, "challenge_hash" bytea NOT NULL, "purpose" character varying(16) NOT NULL, "user_id" uuid, "bound_to" uuid, "user_handle" bytea, "expires_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL, CONSTRAINT "passkey_challenges_purpose" CHECK ("purpose" IN ('registration', 'sign_in', 'second_factor', 'reauthentication')), CONSTRAINT "passkey_challenges_user" CHECK (("purpose" = 'sign_in') = ("user_id" IS NULL)), CONSTRAINT "passkey_challenges_bound" CHECK (("purpose" = 'sign_in') = ("bound_to" IS NULL)), CONSTRAINT "passkey_challenges_challenge_hash_key" UNIQUE ("challenge_hash"), CONSTRAINT "passkey_challenges_pkey" PRIMARY KEY ("id"))`,
  );
  await queryRunner.query(
    `CREATE INDEX "passkey_challenges_user_id_idx" ON "passkey_challenges" ("user_id")`,
  );
  await queryRunner.query(
    `CREATE INDEX "passkey_challenges_expires_at_idx" ON "passkey_challenges" ("expires_at")`,
  );
  await ownedByUser(queryRunner, 'passkey_challenges');
}

async function addWaiting(queryRunner: QueryRunner): Promise<void> {
  await queryRunner.query(
    `CREATE TABLE "login_challenges" ("id" uuid NOT NULL, "user_id" uuid NOT NULL, "secret_hash" bytea NOT NULL, "methods" text array NOT NULL, "credentials_changed_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL, "transport" character varying(8) NOT NULL, "refresh_transport" character varying(8) NOT NULL, "device_name" character varying(100), "tries" smallint NOT NULL DEFAULT '0', "expires_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL, CONSTRAINT "login_challenges_tries" CHECK ("tries" >= 0), CONSTRAINT "login_challenges_pkey" PRIMARY KEY ("id"))`,
  );
  await queryRunner.query(
    `CREATE INDEX "login_challenges_user_id_idx" ON "login_challenges" ("user_id")`,
  );
  await queryRunner.query(
    `CREATE INDEX "login_challenges_expires_at_idx" ON "login_challenges" ("expires_at")`,
  );
  await ownedByUser(queryRunner, 'login_challenges');
  await queryRunner.query(
    `CREATE TABLE "two_factor_resets" ("user_id" uuid NOT NULL, "requested_by" uuid, "reason" character varying(500) NOT NULL, "created_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL, "due_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL, CONSTRAINT "two_factor_resets_reason" CHECK ("reason" <> ''), CONSTRAINT "two_factor_resets_pkey" PRIMARY KEY ("user_id"))`,
  );
  await queryRunner.query(
    `CREATE INDEX "two_factor_resets_requested_by_idx" ON "two_factor_resets" ("requested_by")`,
  );
  await queryRunner.query(
    `CREATE INDEX "two_factor_resets_due_at_idx" ON "two_factor_resets" ("due_at")`,
  );
  await ownedByUser(queryRunner, 'two_factor_resets');
  await queryRunner.query(
    `ALTER TABLE "two_factor_resets" ADD CONSTRAINT "two_factor_resets_requested_by_fkey" FOREIGN KEY ("requested_by") REFERENCES "users"("id") ON DELETE SET NULL ON UPDATE NO ACTION`,
  );
}

const ownedByUser = (queryRunner: QueryRunner, table: string): Promise<unknown> =>
  queryRunner.query(
    `ALTER TABLE "${table}" ADD CONSTRAINT "${table}_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE NO ACTION`,
  );

/**
 * Whatever was proved by halves, or is taken for proved on some device, belongs to the credentials and factors of its
 * time: a change of them ends it, whoever makes it.
 */
async function addEndings(queryRunner: QueryRunner): Promise<void> {
  await queryRunner.query(
    `CREATE FUNCTION "end_half_proofs_of_changed"() RETURNS trigger LANGUAGE plpgsql AS $$
     BEGIN
       DELETE FROM "login_challenges" WHERE "user_id" = NEW.id;
       UPDATE "known_devices" SET "trusted_at" = NULL, "trusted_until" = NULL
        WHERE "user_id" = NEW.id AND "trusted_at" IS NOT NULL;
       RETURN NULL;
     END $$`,
  );
  await queryRunner.query(
    `CREATE TRIGGER "users_end_half_proofs"
     AFTER UPDATE OF "credentials_changed_at", "email_canonical", "is_active" ON "users"
     FOR EACH ROW WHEN (
       (OLD.credentials_changed_at, OLD.email_canonical, OLD.is_active)
       IS DISTINCT FROM
       (NEW.credentials_changed_at, NEW.email_canonical, NEW.is_active))
     EXECUTE FUNCTION "end_half_proofs_of_changed"()`,
  );
}
