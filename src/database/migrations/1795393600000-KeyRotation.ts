import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Signing keys have a state; the newest goes on signing, and the next one is made at start. */
export class KeyRotation1795393600000 implements MigrationInterface {
  name = 'KeyRotation1795393600000';

  public async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of up) await queryRunner.query(statement);
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of down) await queryRunner.query(statement);
  }
}

const up = [
  `ALTER TABLE "signing_keys" ADD "state" character varying(8), ADD "activated_at" TIMESTAMP(3) WITH TIME ZONE, ADD "retires_at" TIMESTAMP(3) WITH TIME ZONE`,
  `UPDATE "signing_keys" SET "activated_at" = "created_at", "state" = 'retiring', "retires_at" = now() + interval '1 hour'`,
  `UPDATE "signing_keys" SET "state" = 'current', "retires_at" = NULL WHERE "kid" = (SELECT "kid" FROM "signing_keys" ORDER BY "created_at" DESC LIMIT 1)`,
  `ALTER TABLE "signing_keys" ALTER COLUMN "state" SET NOT NULL`,
  `CREATE UNIQUE INDEX "signing_keys_one_of_each" ON "signing_keys" ("state") WHERE state <> 'retiring'`,
  `ALTER TABLE "signing_keys" ADD CONSTRAINT "signing_keys_retires" CHECK (("state" = 'retiring') = ("retires_at" IS NOT NULL))`,
  `ALTER TABLE "signing_keys" ADD CONSTRAINT "signing_keys_activated" CHECK (("state" = 'next') = ("activated_at" IS NULL))`,
  `ALTER TABLE "signing_keys" ADD CONSTRAINT "signing_keys_state" CHECK ("state" IN ('next', 'current', 'retiring'))`,
  `CREATE TRIGGER "signing_keys_announce" AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "signing_keys"
   FOR EACH STATEMENT EXECUTE FUNCTION "announce_table"()`,
];

const down = [
  `DROP TRIGGER "signing_keys_announce" ON "signing_keys"`,
  `DELETE FROM "signing_keys" WHERE "state" = 'next'`,
  `ALTER TABLE "signing_keys" DROP CONSTRAINT "signing_keys_state"`,
  `ALTER TABLE "signing_keys" DROP CONSTRAINT "signing_keys_activated"`,
  `ALTER TABLE "signing_keys" DROP CONSTRAINT "signing_keys_retires"`,
  `DROP INDEX "public"."signing_keys_one_of_each"`,
  `ALTER TABLE "signing_keys" DROP COLUMN "retires_at", DROP COLUMN "activated_at", DROP COLUMN "state"`,
];
