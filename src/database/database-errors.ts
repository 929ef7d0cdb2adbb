import { type Failure } from '../common/failure.js';
import { ServiceUnavailable } from '../common/failures.js';

/** Seconds after which a caller may try again when the database is away. */
const RETRY_AFTER = 2;

const AWAY = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOENT',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  '40001', // serialization failure
  '40P01', // deadlock: the other one won
  '53300', // too many connections
  '55P03', // lock timeout
  '57014', // statement timeout
  '57P01', // admin shutdown
  '57P02', // crash shutdown
  '57P03', // starting up
]);

const AWAY_MESSAGE =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Cannot use a pool after|Driver not Connected|The client is closed|Connection ended)/i;

/** Whether this error means that the database could not be asked, rather than that it said no. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, driverError } = error as { code?: unknown; driverError?: unknown };
  if (driverError !== undefined && driverError !== error && isDatabaseAway(driverError)) {
    return true;
  }
  if (typeof code === 'string' && (AWAY.has(code) || code.startsWith('08'))) return true;
  return AWAY_MESSAGE.test(error.message);
}

/** A lost database is 503 with `Retry-After`, never 500 (`FailureTranslator`). */
export function translateDatabaseError(thrown: unknown): Failure | undefined {
  return isDatabaseAway(thrown)
    ? new ServiceUnavailable({ retryAfter: RETRY_AFTER, cause: thrown })
    : undefined;
}

/** Whether a constraint of this name refused the row. */
export function violates(error: unknown, constraint: string): boolean {
  const driverError = (error as { driverError?: { constraint?: unknown } } | null)?.driverError;
  return driverError?.constraint === constraint;
}
