import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** What providers give to ask them in somebody's name, where it is wanted. */
export class ProviderTokens1799100000000 implements MigrationInterface {
  name = 'ProviderTokens1799100000000';

  public async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of [
      `ALTER TABLE "social_providers" ADD "store_tokens" boolean NOT NULL DEFAULT false, ADD "scopes" text array NOT NULL DEFAULT '{}'`,
      `CREATE TABLE "social_tokens" ("social_account_id" uuid NOT NULL, "provider" character varying(50) NOT NULL, "sealed_access_token" bytea NOT NULL, "sealed_refresh_token" bytea, "scope" character varying(1000), "expires_at" TIMESTAMP(3) WITH TIME ZONE, "refreshing_until" TIMESTAMP(3) WITH TIME ZONE, "updated_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL, CONSTRAINT "social_tokens_pkey" PRIMARY KEY ("social_account_id"))`,
      `CREATE INDEX "social_tokens_provider_idx" ON "social_tokens" ("provider")`,
      `ALTER TABLE "social_tokens" ADD CONSTRAINT "social_tokens_social_account_id_fkey" FOREIGN KEY ("social_account_id") REFERENCES "social_accounts"("id") ON DELETE CASCADE`,
    ]) {
      await queryRunner.query(statement);
    }
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query('DROP TABLE "social_tokens"');
    await queryRunner.query(
      'ALTER TABLE "social_providers" DROP COLUMN "scopes", DROP COLUMN "store_tokens"',
    );
  }
}
