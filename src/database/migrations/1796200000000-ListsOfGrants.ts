import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Lists of grants, a page at a time in the order of ids: of a user, of a group, on an object. */
export class ListsOfGrants1796200000000 implements MigrationInterface {
  name = 'ListsOfGrants1796200000000';

  public async up(queryRunner: QueryRunner): Promise<void> {
    for (const statement of up) await queryRunner.query(statement);
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    for (const name of ['object', 'group', 'user']) {
      await queryRunner.query(`DROP INDEX "object_permissions_${name}_id_id_idx"`);
    }
  }
}

const up = [
  `CREATE INDEX "object_permissions_user_id_id_idx" ON "object_permissions" ("user_id", "id") WHERE user_id IS NOT NULL`,
  `CREATE INDEX "object_permissions_group_id_id_idx" ON "object_permissions" ("group_id", "id") WHERE group_id IS NOT NULL`,
  `CREATE INDEX "object_permissions_object_id_id_idx" ON "object_permissions" ("object_id", "id")`,
];
