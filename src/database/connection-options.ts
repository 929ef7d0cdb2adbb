import type { ClientBase } from 'pg';
import type { Settings } from '../config/settings.js';
import { SnakeCaseNames } from './snake-case-names.js';

/**
 * How this process talks to PostgreSQL. Nothing waits for ever: a connection within 3 s, a statement
 * within 10 s, an answer within 15 s, then the caller gets 503.
 */
export function connectionOptions(settings: Settings, url: string) {
  return {
    type: 'postgres',
    url,
    applicationName: 'gatehouse',
    namingStrategy: new SnakeCaseNames(),
    poolSize: settings.databasePool,
    installExtensions: false,
    synchronize: false,
    migrationsRun: false,
    migrationsTransactionMode: 'all',
    extra: {
      connectionTimeoutMillis: 3000,
      statement_timeout: 10_000,
      query_timeout: 15_000,
      lock_timeout: 5000,
      idle_in_transaction_session_timeout: 15_000,
      idleTimeoutMillis: 30_000,
      keepAlive: true,
      onConnect: surviveLoss,
      nameStatements: settings.preparedStatements, // ours, see `PreparedStatement`
    },
  } as const;
}

/**
 * Between the pool and TypeORM a connection has for a moment nobody who listens for its loss, and then a database
 * that dies takes the process with it. Whoever uses a lost connection is told by his query.
 */
function surviveLoss(client: ClientBase): void {
  client.on('error', () => undefined);
}
