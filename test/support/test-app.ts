import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ModuleMetadata } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test, type TestingModuleBuilder } from '@nestjs/testing';
import { DataSource } from 'typeorm';
import { type AppOptions, createApp, endTraces } from '../../src/app.js';
import { Clock } from '../../src/common/clock.js';
import { AppLogger } from '../../src/common/logger.js';
import { readSettings, type Settings } from '../../src/config/settings.js';
import { ANONYMOUS_GROUP } from '../../src/permissions/holding/group.entity.js';
import { fastHashing } from './fast-hashing.js';
import { MovableClock } from './movable-clock.js';
import { Outbox } from './outbox.js';

/** One for all applications of a run: they follow one another on the same database. */
export const KEY_OF_THE_RUN = createHash('sha256').update('not a secret').digest('base64');

/** Stories of other things try often, all from one address. */
const PATIENT = {
  LOGIN_FAILURES_PER_ACCOUNT: '89',
  LOGIN_FAILURES_PER_ADDRESS: '1000000',
  REQUESTS_PER_ADDRESS: '1000000',
  REFUSAL_PAUSE: '0',
  SIGN_IN_ALARM: '0',
};

/**
 * All stories call from one address and share a database: what this one mailed and failed is not the next one's, nor
 * what it gave to everybody or demanded of all.
 */
const PARTING = [
  'DELETE FROM mail_queue',
  'DELETE FROM rate_counters',
  `DELETE FROM object_permissions WHERE group_id = '${ANONYMOUS_GROUP}'`,
  `DELETE FROM group_permissions WHERE group_id = '${ANONYMOUS_GROUP}'`,
  `DELETE FROM group_inclusions WHERE '${ANONYMOUS_GROUP}' IN (group_id, included_id)`,
  'UPDATE permissions SET requires_two_factor = false WHERE requires_two_factor',
  'UPDATE groups SET requires_two_factor = false WHERE requires_two_factor',
];

export interface TestApp {
  readonly app: NestFastifyApplication;
  readonly settings: Settings;
  readonly clock: MovableClock;
  readonly outbox: Outbox;
  readonly database: DataSource;
  /** Every line that was logged. */
  readonly logged: string[];
  close(): Promise<void>;
}

export interface TestAppOptions {
  readonly environment?: Readonly<Record<string, string>>;
  readonly imports?: ModuleMetadata['imports'];
  readonly prepare?: AppOptions['prepare'];
  readonly override?: (module: TestingModuleBuilder) => TestingModuleBuilder;
}

/** The application that runs, on this worker's database, with a clock that can be moved and cheap hashes. */
export async function startTestApp(options: TestAppOptions = {}): Promise<TestApp> {
  const { environment = {}, imports, prepare, override = (module) => module } = options;
  const dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-app-'));
  const settings = readSettings({
    PUBLIC_URL: 'http://localhost:3000',
    DATA_DIR: dataDir,
    BREACH_CHECK: 'off',
    SECRET_KEYS: KEY_OF_THE_RUN,
    TWO_FACTOR_REQUIRED_FOR: 'none',
    ...PATIENT,
    ...environment,
  });
  const clock = new MovableClock();
  const logged: string[] = [];
  const logger = new AppLogger(
    { level: settings.logLevel, format: 'json' },
    { write: (line: string) => logged.push(line) },
  );
  const databaseUrl = environment['DATABASE_URL'] ?? process.env['DATABASE_URL'] ?? '';
  let built: NestFastifyApplication | undefined;
  const app = await createApp({
    settings,
    databaseUrl,
    logger,
    ...(imports && { imports }),
    ...(prepare && { prepare }),
    build: async (module, adapter, appLogger) => {
      const builder = fastHashing(Test.createTestingModule({ imports: [module] }));
      const compiled = await override(builder.overrideProvider(Clock).useValue(clock)).compile();
      built = compiled.createNestApplication<NestFastifyApplication>(adapter, {
        logger: appLogger,
        bodyParser: false,
      });
      return built;
    },
  }).catch(async (error: unknown) => {
    await built?.close();
    rmSync(dataDir, { recursive: true, force: true });
    throw error;
  });
  return {
    app,
    settings,
    clock,
    logged,
    outbox: new Outbox(join(dataDir, 'outbox')),
    database: app.get(DataSource),
    close: async () => {
      const database = app.get(DataSource);
      for (const statement of PARTING) await database.query(statement).catch(() => undefined);
      await app.close();
      await endTraces(app);
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
