import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Who links a provider does it in the session in which she began it; ways that are under way, of ten minutes at most, end. */
export class LinksOfSessions1799200000000 implements MigrationInterface {
  name = 'LinksOfSessions1799200000000';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DELETE FROM "social_flows" WHERE "user_id" IS NOT NULL');
    await queryRunner.query(
      `ALTER TABLE "social_flows" ADD "session_id" uuid,
         ADD CONSTRAINT "social_flows_owner" CHECK (("user_id" IS NULL) = ("session_id" IS NULL) AND ("user_id" IS NULL) = ("credentials_changed_at" IS NULL))`,
    );
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      'ALTER TABLE "social_flows" DROP CONSTRAINT "social_flows_owner", DROP COLUMN "session_id"',
    );
  }
}
