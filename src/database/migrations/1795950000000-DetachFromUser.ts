import { type MigrationInterface, type QueryRunner } from 'typeorm';

/**
 * What would go with an account (`ON DELETE CASCADE`) can be taken from it: sessions, links, keys, whatever a
 * later table holds of a user. A new table needs to do nothing for it, and cannot be forgotten.
 */
export class DetachFromUser1795950000000 implements MigrationInterface {
  name = 'DetachFromUser1795950000000';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE FUNCTION "detach_from_user"("owner" uuid) RETURNS void LANGUAGE plpgsql AS $$
       DECLARE "child" record;
       BEGIN
         FOR "child" IN
           SELECT c.conrelid::regclass AS "name", a.attname AS "key"
             FROM pg_constraint c
             JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1]
            WHERE c.contype = 'f' AND c.confrelid = '"users"'::regclass AND c.confdeltype = 'c'
            ORDER BY c.conrelid::regclass::text
         LOOP
           EXECUTE format('DELETE FROM %s WHERE %I = $1', "child"."name", "child"."key") USING "owner";
         END LOOP;
       END $$`,
    );
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP FUNCTION "detach_from_user"(uuid)`);
  }
}
