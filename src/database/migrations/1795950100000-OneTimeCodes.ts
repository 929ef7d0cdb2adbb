import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Mails carry a code beside the link, say what it is about, and a user may have several links that undo a change. */
export class OneTimeCodes1795950100000 implements MigrationInterface {
  name = 'OneTimeCodes1795950100000';

  public async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of up) await queryRunner.query(statement);
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of down) await queryRunner.query(statement);
  }
}

const up = [
  `ALTER TABLE "one_time_tokens" ADD "about" jsonb NOT NULL DEFAULT '{}', ADD "code_mac" bytea, ADD "code_expires_at" TIMESTAMP(3) WITH TIME ZONE, ADD "code_tries" smallint NOT NULL DEFAULT 0, ADD "earlier_tries" smallint NOT NULL DEFAULT 0, ADD "tries_since" TIMESTAMP(3) WITH TIME ZONE, ADD "resent" smallint NOT NULL DEFAULT 0, ADD "resent_since" TIMESTAMP(3) WITH TIME ZONE`,
  `ALTER TABLE "one_time_tokens" ADD CONSTRAINT "one_time_tokens_code" CHECK (("code_mac" IS NULL) = ("code_expires_at" IS NULL))`,
  `ALTER TABLE "one_time_tokens" DROP CONSTRAINT "one_time_tokens_user_id_purpose_key"`,
  `CREATE UNIQUE INDEX "one_time_tokens_one_each" ON "one_time_tokens" ("user_id", "purpose") WHERE purpose <> 'undo_email_change'`,
  `CREATE INDEX "one_time_tokens_user_id_idx" ON "one_time_tokens" ("user_id")`,
];

const down = [
  `DROP INDEX "public"."one_time_tokens_user_id_idx"`,
  `DROP INDEX "public"."one_time_tokens_one_each"`,
  `DELETE FROM "one_time_tokens" WHERE "purpose" = 'undo_email_change'`,
  `ALTER TABLE "one_time_tokens" ADD CONSTRAINT "one_time_tokens_user_id_purpose_key" UNIQUE ("user_id", "purpose")`,
  `ALTER TABLE "one_time_tokens" DROP CONSTRAINT "one_time_tokens_code"`,
  `ALTER TABLE "one_time_tokens" DROP COLUMN "resent_since", DROP COLUMN "resent", DROP COLUMN "tries_since", DROP COLUMN "earlier_tries", DROP COLUMN "code_tries", DROP COLUMN "code_expires_at", DROP COLUMN "code_mac", DROP COLUMN "about"`,
];
