import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** The language of a user's mails. */
export class Locale1795800000000 implements MigrationInterface {
  name = 'Locale1795800000000';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE "users" ADD "locale" character varying(35)`);
    await queryRunner.query(
      `ALTER TABLE "users" ADD CONSTRAINT "users_locale" CHECK ("locale" ~ '^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$')`,
    );
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE "users" DROP CONSTRAINT "users_locale"`);
    await queryRunner.query(`ALTER TABLE "users" DROP COLUMN "locale"`);
  }
}
