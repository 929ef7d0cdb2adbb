import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** Who holds what on an object is answered by the index alone, also where thousands hold something on it. */
export class GrantsOnObjects1796500000000 implements MigrationInterface {
  name = 'GrantsOnObjects1796500000000';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX "object_permissions_object_idx"`);
    await queryRunner.query(
      `CREATE INDEX "object_permissions_object_idx" ON "object_permissions" ("object_id", "user_id", "group_id", "permission_id", "expires_at")`,
    );
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP INDEX "object_permissions_object_idx"`);
    await queryRunner.query(
      `CREATE INDEX "object_permissions_object_idx" ON "object_permissions" ("object_id", "user_id", "group_id")`,
    );
  }
}
