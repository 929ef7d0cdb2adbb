import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** What was tried how often; of whom is told by no row (HMAC). */
export class RateLimits1795600000000 implements MigrationInterface {
  name = 'RateLimits1795600000000';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE TABLE "rate_counters" ("key" bytea NOT NULL, "count" integer NOT NULL, "ends_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL, CONSTRAINT "rate_counters_count" CHECK ("count" >= 0), CONSTRAINT "rate_counters_pkey" PRIMARY KEY ("key"))`,
    );
    await queryRunner.query(
      `CREATE INDEX "rate_counters_ends_at_idx" ON "rate_counters" ("ends_at")`,
    );
    await queryRunner.query(
      `CREATE TABLE "guess_counts" ("account" bytea NOT NULL, "failures" integer NOT NULL, "known_failures" integer NOT NULL, "wait_until" TIMESTAMP(3) WITH TIME ZONE NOT NULL, "known_wait_until" TIMESTAMP(3) WITH TIME ZONE NOT NULL, "expires_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL, CONSTRAINT "guess_counts_known" CHECK ("known_failures" >= 0 AND "known_failures" <= "failures"), CONSTRAINT "guess_counts_pkey" PRIMARY KEY ("account"))`,
    );
    await queryRunner.query(
      `CREATE INDEX "guess_counts_expires_at_idx" ON "guess_counts" ("expires_at")`,
    );
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "guess_counts"`);
    await queryRunner.query(`DROP TABLE "rate_counters"`);
  }
}
