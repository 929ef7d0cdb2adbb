import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Sign-in with providers: who is who there, who is on the way, and what administrators have configured. */
export class Social1799000000000 implements MigrationInterface {
  name = 'Social1799000000000';

  public async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of [...tables, ...announcements]) await queryRunner.query(statement);
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    for (const table of [
      'social_used_id_tokens',
      'social_codes',
      'social_flows',
      'social_accounts',
      'social_providers',
    ]) {
      await queryRunner.query(`DROP TABLE "${table}"`);
    }
  }
}

const tables = [
  `CREATE TABLE "social_accounts" ("id" uuid NOT NULL, "user_id" uuid NOT NULL, "provider" character varying(50) NOT NULL, "issuer" character varying(255) NOT NULL, "subject" character varying(255) NOT NULL, "email" character varying(254), "created_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL, "last_used_at" TIMESTAMP(3) WITH TIME ZONE, CONSTRAINT "social_accounts_subject" CHECK ("issuer" <> '' AND "subject" <> ''), CONSTRAINT "social_accounts_pkey" PRIMARY KEY ("id"))`,
  `CREATE INDEX "social_accounts_user_id_id_idx" ON "social_accounts" ("user_id", "id")`,
  `CREATE UNIQUE INDEX "social_accounts_issuer_subject_key" ON "social_accounts" ("issuer", "subject")`,
  `CREATE TABLE "social_codes" ("id" uuid NOT NULL, "secret_hash" bytea NOT NULL, "user_id" uuid NOT NULL, "code_challenge" character varying(43) NOT NULL, "credentials_changed_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL, "expires_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL, CONSTRAINT "social_codes_pkey" PRIMARY KEY ("id"))`,
  `CREATE INDEX "social_codes_user_id_idx" ON "social_codes" ("user_id")`,
  `CREATE INDEX "social_codes_expires_at_idx" ON "social_codes" ("expires_at")`,
  `CREATE TABLE "social_flows" ("id" uuid NOT NULL, "state_hash" bytea NOT NULL, "browser_hash" bytea NOT NULL, "provider" character varying(50) NOT NULL, "redirect_to" character varying(2048) NOT NULL, "transport" character varying(6) NOT NULL, "code_challenge" character varying(43), "user_id" uuid, "credentials_changed_at" TIMESTAMP(3) WITH TIME ZONE, "expires_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL, CONSTRAINT "social_flows_challenge" CHECK ("transport" = 'cookie' OR "code_challenge" IS NOT NULL), CONSTRAINT "social_flows_transport" CHECK ("transport" IN ('token', 'cookie')), CONSTRAINT "social_flows_pkey" PRIMARY KEY ("id"))`,
  `CREATE INDEX "social_flows_user_id_idx" ON "social_flows" ("user_id")`,
  `CREATE INDEX "social_flows_expires_at_idx" ON "social_flows" ("expires_at")`,
  `CREATE TABLE "social_providers" ("id" character varying(50) NOT NULL, "kind" character varying(6) NOT NULL, "name" character varying(100) NOT NULL, "issuer" character varying(255), "client_id" character varying(255) NOT NULL, "sealed_client_secret" bytea, "native_client_ids" text array NOT NULL DEFAULT '{}', "verified_domains" text array NOT NULL DEFAULT '{}', "is_enabled" boolean NOT NULL DEFAULT true, "created_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL, "updated_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL, CONSTRAINT "social_providers_issuer" CHECK (("kind" = 'oidc') = ("issuer" IS NOT NULL)), CONSTRAINT "social_providers_kind" CHECK ("kind" IN ('oidc', 'google', 'github')), CONSTRAINT "social_providers_id" CHECK ("id" ~ '^[a-z][a-z0-9]*(-[a-z0-9]+)*$'), CONSTRAINT "social_providers_pkey" PRIMARY KEY ("id"))`,
  `ALTER TABLE "social_accounts" ADD CONSTRAINT "social_accounts_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE`,
  `ALTER TABLE "social_codes" ADD CONSTRAINT "social_codes_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE`,
  `ALTER TABLE "social_flows" ADD CONSTRAINT "social_flows_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE`,
  `CREATE TABLE "social_used_id_tokens" ("hash" bytea NOT NULL, "expires_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL, CONSTRAINT "social_used_id_tokens_pkey" PRIMARY KEY ("hash"))`,
  `CREATE INDEX "social_used_id_tokens_expires_at_idx" ON "social_used_id_tokens" ("expires_at")`,
];

const announcements = [
  `CREATE TRIGGER "social_providers_announce" AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON "social_providers"
   FOR EACH STATEMENT EXECUTE FUNCTION "announce_table"()`,
];
