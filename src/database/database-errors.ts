import { type Failure } from '../common/failure.js';
import { ServiceUnavailable, ValidationFailed } from '../common/failures.js';

/** Seconds after which a caller may try again when the database is away. */
const RETRY_AFTER = 2;

const AWAY = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  '25006', // read-only: a replica that is not promoted yet, or an operator who has said so
  '25P03', // idle in a transaction for too long: this process was held up
  '40001', // serialization failure
  '40P01', // deadlock: the other one won
  '55P03', // lock timeout
  '57014', // statement timeout
  '57P01', // admin shutdown
  '57P02', // crash shutdown
  '57P03', // starting up
  '58030', // its disk fails
]);

/** Its socket is gone; this process has no file left to open. Of a file they would mean another matter. */
const UNREACHED = new Set<unknown>(['ENOENT', 'EMFILE', 'ENFILE']);

/** Classes of codes: the connection fails; there is no room, memory or connection left. */
const AWAY_CLASSES = new Set(['08', '53']);

const AWAY_MESSAGE =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error|Cannot use a pool after|Driver not Connected|The client is closed|Connection ended)/i;

/** Whether this error means that the database could not be asked, rather than that it said no. */
export function isDatabaseAway(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, driverError, syscall } = error as Error & Partial<Record<string, unknown>>;
  if (driverError instanceof Error && isDatabaseAway(driverError)) return true;
  if (UNREACHED.has(code)) return syscall === 'connect';
  return isAwayCode(code) || AWAY_MESSAGE.test(error.message);
}

const isAwayCode = (code: unknown): boolean =>
  typeof code === 'string' && (AWAY.has(code) || AWAY_CLASSES.has(code.slice(0, 2)));

/** Values that do not fit a column: too long, out of range, not in the encoding, not of the type. */
const UNFIT: readonly unknown[] = ['22001', '22003', '22021', '22P02'];

/**
 * What a failure of the database is to the caller (`FailureTranslator`): a lost one is 503 with
 * `Retry-After`, never 500; a value that it cannot hold, and that no rule refused before, is the caller's.
 */
export function translateDatabaseError(thrown: unknown): Failure | undefined {
  if (isDatabaseAway(thrown)) {
    return new ServiceUnavailable({ retryAfter: RETRY_AFTER, cause: thrown });
  }
  const { driverError } = Object(thrown) as { driverError?: { code?: unknown } };
  return UNFIT.includes(driverError?.code)
    ? new ValidationFailed({
        errors: [{ field: '', code: 'invalid', message: 'A value does not fit.' }],
        cause: thrown,
      })
    : undefined;
}

/** The constraint that refused a statement, or the trigger that says so. Undefined: it was none. */
export function constraintOf(error: unknown): string | undefined {
  const { driverError } = Object(error) as { driverError?: { constraint?: unknown } };
  const constraint = driverError?.constraint;
  return typeof constraint === 'string' ? constraint : undefined;
}
