import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Users may leave, for a while or for good; what an administrator decides afterwards stands above it. */
export class Leaving1795700100000 implements MigrationInterface {
  name = 'Leaving1795700100000';

  public async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of up) await queryRunner.query(statement);
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of down) await queryRunner.query(statement);
  }
}

const up = [
  `ALTER TABLE "users" ADD "left_at" TIMESTAMP(3) WITH TIME ZONE, ADD "deletion_due_at" TIMESTAMP(3) WITH TIME ZONE`,
  `ALTER TABLE "users" ADD CONSTRAINT "users_deletion" CHECK ("deletion_due_at" IS NULL OR ("left_at" IS NOT NULL AND NOT "is_active"))`,
  `CREATE INDEX "users_deletion_due" ON "users" ("deletion_due_at") WHERE deletion_due_at IS NOT NULL`,
  `CREATE INDEX "users_superusers" ON "users" ("id") WHERE is_superuser`,
  // Whoever sets is_active alone is no user who leaves or comes back: from then on she cannot.
  `CREATE FUNCTION "forget_leaving"() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     NEW.left_at := NULL;
     NEW.deletion_due_at := NULL;
     RETURN NEW;
   END $$`,
  `CREATE TRIGGER "users_forget_leaving" BEFORE UPDATE OF "is_active" ON "users"
   FOR EACH ROW WHEN (OLD.left_at IS NOT DISTINCT FROM NEW.left_at) EXECUTE FUNCTION "forget_leaving"()`,
];

const down = [
  `DROP TRIGGER "users_forget_leaving" ON "users"`,
  `DROP FUNCTION "forget_leaving"()`,
  `DROP INDEX "public"."users_superusers"`,
  `DROP INDEX "public"."users_deletion_due"`,
  `ALTER TABLE "users" DROP CONSTRAINT "users_deletion"`,
  `ALTER TABLE "users" DROP COLUMN "deletion_due_at", DROP COLUMN "left_at"`,
];
