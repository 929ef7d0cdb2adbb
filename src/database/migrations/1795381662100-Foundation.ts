import { type MigrationInterface, type QueryRunner } from 'typeorm';

export class Foundation1795381662100 implements MigrationInterface {
  name = 'Foundation1795381662100';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE TABLE "users" ("id" uuid NOT NULL, "email" character varying(254) NOT NULL, "email_canonical" character varying(254) NOT NULL, "email_verified_at" TIMESTAMP(3) WITH TIME ZONE, "password_hash" character varying(255), "credentials_changed_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL, "first_name" character varying(150) NOT NULL DEFAULT '', "last_name" character varying(150) NOT NULL DEFAULT '', "is_active" boolean NOT NULL DEFAULT true, "is_staff" boolean NOT NULL DEFAULT false, "is_superuser" boolean NOT NULL DEFAULT false, "last_login_at" TIMESTAMP(3) WITH TIME ZONE, "created_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL, "updated_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL, "phone_number" character varying(16), "organization" character varying(150), "timezone" character varying(64), CONSTRAINT "users_email_canonical_key" UNIQUE ("email_canonical"), CONSTRAINT "users_email_canonical_of_email" CHECK ("email" ~ '[^\\x01-\\x7f]' OR lower("email") = "email_canonical"), CONSTRAINT "users_email_canonical_shape" CHECK ("email_canonical" ~ '^[a-z0-9!#$%&''*+/=?^_\`{|}~.-]+@[a-z0-9.-]+$'), CONSTRAINT "users_pkey" PRIMARY KEY ("id"))`,
    );
    await queryRunner.query(
      `CREATE TABLE "one_time_tokens" ("id" uuid NOT NULL, "user_id" uuid NOT NULL, "purpose" character varying(20) NOT NULL, "secret_hash" bytea NOT NULL, "email" character varying(254) NOT NULL, "expires_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL, CONSTRAINT "one_time_tokens_user_id_purpose_key" UNIQUE ("user_id", "purpose"), CONSTRAINT "one_time_tokens_purpose" CHECK ("purpose" IN ('verify_email')), CONSTRAINT "one_time_tokens_pkey" PRIMARY KEY ("id"))`,
    );
    await queryRunner.query(
      `CREATE INDEX "one_time_tokens_expires_at_idx" ON "one_time_tokens"  ("expires_at") `,
    );
    await queryRunner.query(
      `CREATE TABLE "mail_queue" ("id" uuid NOT NULL, "payload" bytea NOT NULL, "attempts" integer NOT NULL DEFAULT '0', "next_attempt_at" TIMESTAMP WITH TIME ZONE NOT NULL, "created_at" TIMESTAMP WITH TIME ZONE NOT NULL, "failed_at" TIMESTAMP WITH TIME ZONE, CONSTRAINT "mail_queue_pkey" PRIMARY KEY ("id"))`,
    );
    await queryRunner.query(
      `CREATE INDEX "mail_queue_failed" ON "mail_queue"  ("failed_at") WHERE failed_at IS NOT NULL`,
    );
    await queryRunner.query(
      `CREATE INDEX "mail_queue_due" ON "mail_queue"  ("next_attempt_at") WHERE failed_at IS NULL`,
    );
    await queryRunner.query(
      `CREATE TABLE "sessions" ("id" uuid NOT NULL, "user_id" uuid NOT NULL, "methods" text array NOT NULL, "authenticated_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL, "created_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL, "last_seen_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL, "expires_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL, "ip" inet, "user_agent" character varying(512), "device_name" character varying(100), "transport" character varying(8) NOT NULL, CONSTRAINT "sessions_transport" CHECK ("transport" IN ('token', 'cookie')), CONSTRAINT "sessions_pkey" PRIMARY KEY ("id"))`,
    );
    await queryRunner.query(`CREATE INDEX "sessions_user_id_idx" ON "sessions"  ("user_id") `);
    await queryRunner.query(
      `CREATE INDEX "sessions_expires_at_idx" ON "sessions"  ("expires_at") `,
    );
    await queryRunner.query(
      `CREATE TABLE "signing_keys" ("kid" character varying(64) NOT NULL, "sealed_private_key" bytea NOT NULL, "created_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL, CONSTRAINT "signing_keys_pkey" PRIMARY KEY ("kid"))`,
    );
    await queryRunner.query(
      `ALTER TABLE "one_time_tokens" ADD CONSTRAINT "one_time_tokens_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE NO ACTION`,
    );
    await queryRunner.query(
      `ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE NO ACTION`,
    );
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE "sessions" DROP CONSTRAINT "sessions_user_id_fkey"`);
    await queryRunner.query(
      `ALTER TABLE "one_time_tokens" DROP CONSTRAINT "one_time_tokens_user_id_fkey"`,
    );
    await queryRunner.query(`DROP TABLE "signing_keys"`);
    await queryRunner.query(`DROP INDEX "public"."sessions_expires_at_idx"`);
    await queryRunner.query(`DROP INDEX "public"."sessions_user_id_idx"`);
    await queryRunner.query(`DROP TABLE "sessions"`);
    await queryRunner.query(`DROP INDEX "public"."mail_queue_due"`);
    await queryRunner.query(`DROP INDEX "public"."mail_queue_failed"`);
    await queryRunner.query(`DROP TABLE "mail_queue"`);
    await queryRunner.query(`DROP INDEX "public"."one_time_tokens_expires_at_idx"`);
    await queryRunner.query(`DROP TABLE "one_time_tokens"`);
    await queryRunner.query(`DROP TABLE "users"`);
  }
}
