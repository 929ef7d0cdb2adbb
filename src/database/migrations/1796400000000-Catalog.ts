import { type MigrationInterface, type QueryRunner } from 'typeorm';

/** The example: products, and what people think of them. */
export class Catalog1796400000000 implements MigrationInterface {
  name = 'Catalog1796400000000';

  public async up(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(
      `CREATE TABLE "catalog_products" ("id" uuid NOT NULL, "name" character varying(200) NOT NULL, "description" character varying(5000) NOT NULL, "price" integer NOT NULL, "currency" character varying(3) NOT NULL, "created_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL, "updated_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL, CONSTRAINT "catalog_products_price" CHECK ("price" >= 0), CONSTRAINT "catalog_products_currency" CHECK ("currency" ~ '^[A-Z]{3}$'), CONSTRAINT "catalog_products_pkey" PRIMARY KEY ("id"))`,
    );
    await queryRunner.query(
      `CREATE TABLE "catalog_reviews" ("id" uuid NOT NULL, "product_id" uuid NOT NULL, "author_id" uuid NOT NULL, "rating" smallint NOT NULL, "body" character varying(5000) NOT NULL, "created_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL, "updated_at" TIMESTAMP(3) WITH TIME ZONE NOT NULL, CONSTRAINT "catalog_reviews_author_id_product_id_key" UNIQUE ("author_id", "product_id"), CONSTRAINT "catalog_reviews_rating" CHECK ("rating" BETWEEN 1 AND 5), CONSTRAINT "catalog_reviews_pkey" PRIMARY KEY ("id"), CONSTRAINT "catalog_reviews_product_id_fkey" FOREIGN KEY ("product_id") REFERENCES "catalog_products"("id") ON DELETE CASCADE, CONSTRAINT "catalog_reviews_author_id_fkey" FOREIGN KEY ("author_id") REFERENCES "users"("id") ON DELETE CASCADE)`,
    );
    await queryRunner.query(
      `CREATE INDEX "catalog_reviews_product_id_id_idx" ON "catalog_reviews" ("product_id", "id")`,
    );
  }

  public async down(queryRunner: QueryRunner): Promise<void> {
    await queryRunner.query(`DROP TABLE "catalog_reviews"`);
    await queryRunner.query(`DROP TABLE "catalog_products"`);
  }
}
