import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Links for more than proving an address. */
export class OneTimePurposes1795550000000 implements MigrationInterface {
  name = 'OneTimePurposes1795550000000';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await allow(
      queryRunner,
      `'verify_email', 'reset_password', 'change_email', 'undo_email_change', 'undo_deletion'`,
    );
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DELETE FROM "one_time_tokens" WHERE "purpose" <> 'verify_email'`);
    await allow(queryRunner, `'verify_email'`);
  }
}

async function allow(queryRunner: QueryRunner, purposes: string): Promise<void> {
  await queryRunner.query(
    `ALTER TABLE "one_time_tokens" DROP CONSTRAINT "one_time_tokens_purpose"`,
  );
  await queryRunner.query(
    `ALTER TABLE "one_time_tokens" ADD CONSTRAINT "one_time_tokens_purpose" CHECK ("purpose" IN (${purposes}))`,
  );
}
