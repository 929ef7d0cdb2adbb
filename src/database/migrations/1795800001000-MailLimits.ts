import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** At most a few mails to one recipient; of what is asked for again and again, only the newest. */
export class MailLimits1795800001000 implements MigrationInterface {
  name = 'MailLimits1795800001000';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `ALTER TABLE "mail_queue" ADD "recipient" bytea, ADD "topic" bytea, ADD "newest_only" boolean NOT NULL DEFAULT false`,
    );
    // What waits already is counted by itself.
    await queryRunner.query(
      `UPDATE "mail_queue" SET "recipient" = uuid_send("id"), "topic" = uuid_send("id")`,
    );
    await queryRunner.query(
      `ALTER TABLE "mail_queue" ALTER COLUMN "recipient" SET NOT NULL, ALTER COLUMN "topic" SET NOT NULL`,
    );
    await queryRunner.query(`DROP INDEX "public"."mail_queue_due"`);
    await queryRunner.query(
      `CREATE INDEX "mail_queue_due" ON "mail_queue" ("next_attempt_at", "id") WHERE failed_at IS NULL`,
    );
    await queryRunner.query(
      `CREATE INDEX "mail_queue_topic" ON "mail_queue" ("topic") WHERE failed_at IS NULL`,
    );
    await queryRunner.query(
      `CREATE UNIQUE INDEX "mail_queue_newest" ON "mail_queue" ("topic") WHERE newest_only`,
    );
    await queryRunner.query(
      `CREATE TABLE "mail_budgets" ("recipient" bytea NOT NULL, "sent_at" TIMESTAMP WITH TIME ZONE array NOT NULL, "last_sent_at" TIMESTAMP WITH TIME ZONE NOT NULL, CONSTRAINT "mail_budgets_pkey" PRIMARY KEY ("recipient"))`,
    );
    await queryRunner.query(
      `CREATE INDEX "mail_budgets_last_sent_at_idx" ON "mail_budgets" ("last_sent_at")`,
    );
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "mail_budgets"`);
    await queryRunner.query(`DROP INDEX "public"."mail_queue_newest"`);
    await queryRunner.query(`DROP INDEX "public"."mail_queue_topic"`);
    await queryRunner.query(`DROP INDEX "public"."mail_queue_due"`);
    await queryRunner.query(
      `CREATE INDEX "mail_queue_due" ON "mail_queue" ("next_attempt_at") WHERE failed_at IS NULL`,
    );
    await queryRunner.query(
      `ALTER TABLE "mail_queue" DROP COLUMN "newest_only", DROP COLUMN "topic", DROP COLUMN "recipient"`,
    );
  }
}
