import { type DynamicModule, Module, type ModuleMetadata } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccountModule } from './account/account.module.js';
import { ExportModule } from './account/leaving/export.module.js';
import { AdminModule } from './admin/admin.module.js';
import { AuthModule } from './auth/auth.module.js';
import { CatalogModule } from './catalog/catalog.module.js';
import { ConfigModule } from './config/config.module.js';
import type { Settings } from './config/settings.js';
import { dataSourceOptions } from './data-source.js';
import { isDatabaseAway } from './database/database-errors.js';
import { ResealingModule } from './database/resealing.module.js';
import { DocsModule } from './docs/docs.module.js';
import { exportedTables } from './exported-tables.js';
import { HealthModule } from './health/health.module.js';
import { LoginModule } from './login/login.module.js';
import { sealedColumns } from './sealed-columns.js';
import { SocialModule } from './social/social.module.js';

/** The rooms that speak HTTP. A team adds its own modules here. */
const rooms = [
  HealthModule,
  LoginModule,
  AccountModule,
  SocialModule,
  AdminModule,
  CatalogModule,
  DocsModule,
];

/** A database that is slow for a moment, or changes over, is waited for; one that says no is not asked again. */
const PATIENCE = { retryAttempts: 8, retryDelay: 500, toRetry: isDatabaseAway };

@Module({})
export class AppModule {
  static with(
    settings: Settings,
    databaseUrl: string,
    extra: NonNullable<ModuleMetadata['imports']> = [],
  ): DynamicModule {
    return {
      module: AppModule,
      imports: [
        ConfigModule.with(settings),
        TypeOrmModule.forRoot({ ...dataSourceOptions(settings, databaseUrl), ...PATIENCE }),
        ResealingModule.of(sealedColumns),
        ExportModule.of(exportedTables),
        AuthModule,
        ...rooms,
        ...extra,
      ],
    };
  }
}
