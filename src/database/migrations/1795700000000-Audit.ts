import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** The log book: partitioned by month, written once, chained. Months are added by the server. */
export class Audit1795700000000 implements MigrationInterface {
  name = 'Audit1795700000000';

  public async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of up) await queryRunner.query(statement);
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    for (const statement of down) await queryRunner.query(statement);
  }
}

const up = [
  `CREATE TABLE "audit_keys" ("id" uuid NOT NULL, "sealed_key" bytea NOT NULL, CONSTRAINT "audit_keys_pkey" PRIMARY KEY ("id"))`,
  `CREATE TABLE "audit_head" ("id" smallint NOT NULL, "sequence" bigint NOT NULL, "hash" bytea NOT NULL, "mac" bytea NOT NULL, CONSTRAINT "audit_head_one_row" CHECK ("id" = 1), CONSTRAINT "audit_head_pkey" PRIMARY KEY ("id"))`,
  `CREATE TABLE "audit_retired_runs" ("first_sequence" bigint NOT NULL, "last_sequence" bigint NOT NULL, "last_hash" bytea NOT NULL, "mac" bytea NOT NULL, CONSTRAINT "audit_retired_runs_order" CHECK ("first_sequence" <= "last_sequence"), CONSTRAINT "audit_retired_runs_pkey" PRIMARY KEY ("first_sequence"))`,
  `CREATE TABLE "audit_events" ("id" uuid NOT NULL, "occurred_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL, "action" character varying(64) NOT NULL, "outcome" character varying(8) NOT NULL, "actor_id" uuid, "subject_id" uuid, "request_id" character varying(64), "count" integer NOT NULL DEFAULT 1, "ip" character varying(45), "user_agent" character varying(512), "details" jsonb, "salt" bytea, "commitment" bytea NOT NULL, "mac" bytea NOT NULL, "sequence" bigint, "hash" bytea, CONSTRAINT "audit_events_outcome" CHECK ("outcome" IN ('success', 'failure')), CONSTRAINT "audit_events_place" CHECK (("sequence" IS NULL) = ("hash" IS NULL)), CONSTRAINT "audit_events_erased" CHECK ("salt" IS NOT NULL OR ("ip" IS NULL AND "user_agent" IS NULL AND "details" IS NULL)), CONSTRAINT "audit_events_pkey" PRIMARY KEY ("id")) PARTITION BY RANGE ("id")`,
  `CREATE INDEX "audit_events_subject" ON "audit_events" ("subject_id", "id") WHERE subject_id IS NOT NULL`,
  `CREATE INDEX "audit_events_actor" ON "audit_events" ("actor_id", "id") WHERE actor_id IS NOT NULL`,
  `CREATE INDEX "audit_events_action" ON "audit_events" ("action", "id")`,
  `CREATE INDEX "audit_events_sequence" ON "audit_events" ("sequence")`,
  `CREATE INDEX "audit_events_unsealed" ON "audit_events" ("id") WHERE sequence IS NULL`,
  // Takes what no month takes: a missing partition keeps nobody from signing in.
  `CREATE TABLE "audit_events_default" PARTITION OF "audit_events" DEFAULT`,
  // Against accidents; against whoever may drop a trigger there is the chain.
  `CREATE FUNCTION "keep_audit_event"() RETURNS trigger LANGUAGE plpgsql AS $$
   BEGIN
     IF TG_OP = 'UPDATE'
        AND to_jsonb(OLD) - '{ip,user_agent,details,salt,sequence,hash}'::text[]
          = to_jsonb(NEW) - '{ip,user_agent,details,salt,sequence,hash}'::text[]
        AND (OLD.sequence IS NULL OR (OLD.sequence, OLD.hash) = (NEW.sequence, NEW.hash))
        AND (NEW.salt IS NULL OR (OLD.salt, OLD.ip, OLD.user_agent, OLD.details)
             IS NOT DISTINCT FROM (NEW.salt, NEW.ip, NEW.user_agent, NEW.details))
     THEN
       RETURN NEW;
     END IF;
     RAISE EXCEPTION 'audit_events are written once' USING ERRCODE = 'insufficient_privilege';
   END $$`,
  `CREATE TRIGGER "audit_events_keep" BEFORE UPDATE OR DELETE ON "audit_events"
   FOR EACH ROW EXECUTE FUNCTION "keep_audit_event"()`,
  `CREATE TRIGGER "audit_events_keep_all" BEFORE TRUNCATE ON "audit_events"
   FOR EACH STATEMENT EXECUTE FUNCTION "keep_audit_event"()`,
];

const down = [
  `DROP TABLE "audit_events"`,
  `DROP FUNCTION "keep_audit_event"()`,
  `DROP TABLE "audit_retired_runs"`,
  `DROP TABLE "audit_head"`,
  `DROP TABLE "audit_keys"`,
];
