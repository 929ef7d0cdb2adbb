import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Which session a device opened last, so that ending it ends the trust; and what a requested reset of factors does not outlive. */
export class EndsOfTrustAndResets1797130000000 implements MigrationInterface {
  name = 'EndsOfTrustAndResets1797130000000';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`ALTER TABLE "known_devices" ADD "session_id" uuid`);
    // Its owner was told at another address, or of an account that was open: whoever does it decides anew.
    await queryRunner.query(
      `CREATE FUNCTION "end_two_factor_reset_of_changed"() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         DELETE FROM "two_factor_resets" WHERE "user_id" = NEW.id;
         RETURN NULL;
       END $$`,
    );
    await queryRunner.query(
      `CREATE TRIGGER "users_end_two_factor_reset"
       AFTER UPDATE OF "email_canonical", "is_active" ON "users"
       FOR EACH ROW WHEN (
         (OLD.email_canonical, OLD.is_active) IS DISTINCT FROM (NEW.email_canonical, NEW.is_active))
       EXECUTE FUNCTION "end_two_factor_reset_of_changed"()`,
    );
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TRIGGER "users_end_two_factor_reset" ON "users"`);
    await queryRunner.query(`DROP FUNCTION "end_two_factor_reset_of_changed"()`);
    await queryRunner.query(`ALTER TABLE "known_devices" DROP COLUMN "session_id"`);
  }
}
