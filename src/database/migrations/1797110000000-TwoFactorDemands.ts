import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** What demands second factors is told to every node when it changes, and so is the level of a session. */
export class TwoFactorDemands1797110000000 implements MigrationInterface {
  name = 'TwoFactorDemands1797110000000';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE INDEX "groups_requires_two_factor_idx" ON "groups" ("id") WHERE requires_two_factor`,
    );
    for (const table of MARKED) {
      for (const [name, event, when] of CHANGES) {
        await queryRunner.query(
          `CREATE TRIGGER "${table}_announce_mark_${name}" AFTER ${event} ON "${table}"
           FOR EACH ROW WHEN (${when}) EXECUTE FUNCTION "announce_topic"('two_factor_marks')`,
        );
      }
      await queryRunner.query(
        `CREATE TRIGGER "${table}_announce_mark_truncate" AFTER TRUNCATE ON "${table}"
         FOR EACH STATEMENT EXECUTE FUNCTION "announce_topic"('two_factor_marks')`,
      );
    }
    await announceSessions(queryRunner, [...OF_SESSIONS, 'two_factor_at', 'enroll_by']);
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await announceSessions(queryRunner, OF_SESSIONS);
    for (const table of MARKED) {
      for (const name of [...CHANGES.map(([each]) => each), 'truncate']) {
        await queryRunner.query(`DROP TRIGGER "${table}_announce_mark_${name}" ON "${table}"`);
      }
    }
    await queryRunner.query(`DROP INDEX "groups_requires_two_factor_idx"`);
  }
}

const MARKED = ['groups', 'permissions'];

const CHANGES = [
  ['insert', 'INSERT', 'NEW.requires_two_factor'],
  ['update', 'UPDATE', 'OLD.requires_two_factor OR NEW.requires_two_factor'],
  ['delete', 'DELETE', 'OLD.requires_two_factor'],
] as const;

/** What is remembered of a session. */
const OF_SESSIONS = [
  'id',
  'user_id',
  'methods',
  'authenticated_at',
  'expires_at',
  'transport',
  'secret_hash',
];

async function announceSessions(
  queryRunner: QueryRunner,
  columns: readonly string[],
): Promise<void> {
  const list = columns.map((column) => `"${column}"`).join(', ');
  await queryRunner.query(`DROP TRIGGER "sessions_announce_change" ON "sessions"`);
  await queryRunner.query(
    `CREATE TRIGGER "sessions_announce_change" AFTER UPDATE OF ${list} ON "sessions"
     FOR EACH ROW EXECUTE FUNCTION "announce_row"()`,
  );
}
