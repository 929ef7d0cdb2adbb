import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * What was mailed for one state of an account is worth nothing in the next: a change of password, address
 * or state voids its links, whoever makes it, psql included. That a stronger hash of the same password does
 * so, too, costs its owner another mail at most. Links that undo a change are what is left to whom it was
 * done to, and stay.
 */
export class VoidLinks1795900000000 implements MigrationInterface {
  name = 'VoidLinks1795900000000';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE FUNCTION "void_links_of_changed"() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         DELETE FROM "one_time_tokens"
          WHERE "user_id" = NEW.id AND "purpose" IN ('reset_password', 'change_email');
         RETURN NULL;
       END $$`,
    );
    await queryRunner.query(
      `CREATE TRIGGER "users_void_links"
       AFTER UPDATE OF "password_hash", "credentials_changed_at", "email_canonical", "is_active" ON "users"
       FOR EACH ROW WHEN (
         (OLD.password_hash, OLD.credentials_changed_at, OLD.email_canonical, OLD.is_active)
         IS DISTINCT FROM
         (NEW.password_hash, NEW.credentials_changed_at, NEW.email_canonical, NEW.is_active))
       EXECUTE FUNCTION "void_links_of_changed"()`,
    );
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TRIGGER "users_void_links" ON "users"`);
    await queryRunner.query(`DROP FUNCTION "void_links_of_changed"()`);
  }
}
