import { errors as jose } from 'jose';
import * as oidc from 'openid-client';
import { Failure } from '../../common/failure.js';
import { ProviderRefused, ProviderUnavailable } from '../social.errors.js';

/** Milliseconds for all that is asked of a provider for one answer of ours, which is there within five seconds. */
const WHOLE = 4500;

/**
 * What came of asking a provider. That it says no, or what does not prove anything, is the caller's to know; that it is
 * away, or answers what it should not, is nobody's fault here. Causes are for the log, and hold no secret.
 *
 * @throws ProviderRefused, ProviderUnavailable
 */
export async function outcomeOf<T>(ask: () => Promise<T>, whole = WHOLE): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => {
      fail(new Error('late'));
    }, whole);
  });
  try {
    return await Promise.race([ask(), late]);
  } catch (error) {
    if (error instanceof Failure) throw error;
    const cause = new Error(reasonOf(error));
    throw isRefusal(error) ? new ProviderRefused({ cause }) : new ProviderUnavailable({ cause });
  } finally {
    clearTimeout(timer);
  }
}

function isRefusal(error: unknown): boolean {
  if (error instanceof oidc.AuthorizationResponseError) return true;
  if (error instanceof oidc.ResponseBodyError) return error.status < 500;
  if (error instanceof jose.JOSEError) return !KEYS_MISSING.has(error.code);
  return error instanceof oidc.ClientError && REFUSALS.has(error.code ?? '');
}

/** Of jose: there was no list of keys to look at. */
const KEYS_MISSING = new Set(['ERR_JWKS_TIMEOUT', 'ERR_JWKS_INVALID', 'ERR_JOSE_GENERIC']);

/** Of oauth4webapi: what was brought is not what was begun, or proves nothing. */
const REFUSALS = new Set([
  'OAUTH_INVALID_RESPONSE',
  'OAUTH_JWT_CLAIM_COMPARISON_FAILED',
  'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED',
  'OAUTH_JWT_TIMESTAMP_CHECK_FAILED',
  'OAUTH_INVALID_REQUEST',
  'OAUTH_MISSING_SERVER_METADATA',
  'OAUTH_KEY_SELECTION_FAILED',
  'OAUTH_UNSUPPORTED_OPERATION',
]);

/** Codes and names alone: messages may repeat what was sent. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { code } = error as { code?: unknown };
  return typeof code === 'string' ? `${error.name} ${code}` : error.name;
}
