import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Devices on which their owners signed in before. */
export class KnownDevices1795600100000 implements MigrationInterface {
  name = 'KnownDevices1795600100000';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE TABLE "known_devices" ("id" uuid NOT NULL, "user_id" uuid NOT NULL, "secret_hash" bytea NOT NULL, "created_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL, "last_used_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL, CONSTRAINT "known_devices_pkey" PRIMARY KEY ("id"))`,
    );
    await queryRunner.query(
      `CREATE INDEX "known_devices_user_id_last_used_at_idx" ON "known_devices" ("user_id", "last_used_at")`,
    );
    await queryRunner.query(
      `ALTER TABLE "known_devices" ADD CONSTRAINT "known_devices_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE NO ACTION`,
    );
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "known_devices"`);
  }
}
