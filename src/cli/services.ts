import { type DynamicModule, type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { ApiKeyRegister } from '../api-keys/api-key-register.service.js';
import { ApiKeyScopes } from '../api-keys/api-key-scopes.service.js';
import { ApiKeysService } from '../api-keys/api-keys.service.js';
import { PeppersService } from '../api-keys/peppers.service.js';
import { AuditModule } from '../audit/audit.module.js';
import { ConfigModule } from '../config/config.module.js';
import type { Settings } from '../config/settings.js';
import { createDataSource, dataSourceOptions } from '../data-source.js';
import { areApplied, migrate } from '../database/migrate.js';
import { migrations } from '../database/migrations/index.js';
import { NewsModule } from '../database/news/news.module.js';
import { ResealingModule } from '../database/resealing.module.js';
import { DeviceCookie } from '../login/device-cookie.service.js';
import { FactorRemoval } from '../login/factor-reset/factor-removal.service.js';
import { KnownDevicesService } from '../login/known-devices.service.js';
import { SignInAttempts } from '../login/sign-in-attempts.service.js';
import { openDatabase } from '../open-database.js';
import { PasswordsModule } from '../passwords/passwords.module.js';
import { StalePermissionsService } from '../permissions/catalogue/stale-permissions.service.js';
import { RateLimitsModule } from '../rate-limits/rate-limits.module.js';
import { sealedColumns } from '../sealed-columns.js';
import { SessionChronicle } from '../sessions/session-chronicle.service.js';
import { SessionSweepService } from '../sessions/session-sweep.service.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { SigningKeyRotationService } from '../sessions/signing-key-rotation.service.js';
import { FactorList } from '../two-factor/factor-list.service.js';
import { FactorRows } from '../two-factor/factor-rows.service.js';
import { TwoFactorResets } from '../two-factor/two-factor-resets.service.js';
import { UsersModule } from '../users/users.module.js';
import { CliLogger } from './cli-logger.js';
import type { Terminal } from './terminal/terminal.js';

/**
 * The rooms that commands work in, with the rules that the server has: no other, so that a command neither
 * delivers mail nor needs the keys that sign tokens.
 */
@Module({})
class CliModule {
  static with(settings: Settings, databaseUrl: string): DynamicModule {
    return {
      module: CliModule,
      imports: [
        ConfigModule.with(settings),
        TypeOrmModule.forRoot({ ...dataSourceOptions(settings, databaseUrl), retryAttempts: 0 }),
        NewsModule,
        AuditModule,
        ResealingModule.of(sealedColumns),
        UsersModule,
        PasswordsModule,
        RateLimitsModule,
      ],
      providers: [
        DeviceCookie,
        KnownDevicesService,
        SignInAttempts,
        SessionChronicle,
        SessionsService,
        SessionSweepService,
        SigningKeyRotationService,
        StalePermissionsService,
        FactorList,
        FactorRemoval,
        FactorRows,
        TwoFactorResets,
        ApiKeyRegister,
        ApiKeyScopes,
        ApiKeysService,
        // no command makes a key, so none makes a pepper
        { provide: PeppersService, useValue: {} },
      ],
    };
  }
}

/** Beside a running server or without one; what was started for it is stopped again. */
export async function withDatabase<T>(
  settings: Settings,
  terminal: Terminal,
  work: (url: string) => Promise<T>,
): Promise<T> {
  const database = await openDatabase(settings, (line) => {
    terminal.say(line);
  });
  try {
    return await work(database.url);
  } finally {
    await database.close();
  }
}

/** Returns the names of the migrations that were missing and now are not. */
export async function applyMigrations(settings: Settings, given: string): Promise<string[]> {
  const url = settings.databaseDirectUrl ?? given;
  if (await areApplied(migrations, url)) return [];
  const dataSource = await createDataSource(settings, url).initialize();
  try {
    return await migrate(dataSource, url);
  } finally {
    await dataSource.destroy();
  }
}

/** The services, on tables that are up to date. */
export function withServices<T>(
  settings: Settings,
  terminal: Terminal,
  work: (services: INestApplicationContext) => Promise<T>,
): Promise<T> {
  return withDatabase(settings, terminal, async (url) => {
    const applied = await applyMigrations(settings, url);
    if (applied.length > 0) terminal.say(`Migrations applied: ${applied.join(', ')}`);
    const services = await NestFactory.createApplicationContext(CliModule.with(settings, url), {
      logger: new CliLogger(terminal),
      abortOnError: false,
    });
    try {
      return await work(services);
    } finally {
      await services.close();
    }
  });
}
