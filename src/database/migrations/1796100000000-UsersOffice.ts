import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Accounts that an administrator made, and lists of the few who are staff or not active among the many who are not. */
export class UsersOffice1796100000000 implements MigrationInterface {
  name = 'UsersOffice1796100000000';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE "users" ADD "invited_at" TIMESTAMP(3) WITH TIME ZONE`);
    await queryRunner.query(`CREATE INDEX "users_staff" ON "users" ("id") WHERE is_staff`);
    await queryRunner.query(`CREATE INDEX "users_inactive" ON "users" ("id") WHERE NOT is_active`);
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX "public"."users_inactive"`);
    await queryRunner.query(`DROP INDEX "public"."users_staff"`);
    await queryRunner.query(`ALTER TABLE "users" DROP COLUMN "invited_at"`);
  }
}
