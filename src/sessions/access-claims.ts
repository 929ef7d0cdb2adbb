import { validate as isUuid } from 'uuid';
import type { Level } from './proof.js';

/** What an access token says (RFC 9068 without personal data). Times in seconds since the epoch. */
export interface AccessClaims {
  readonly iss: string;
  readonly aud: string;
  readonly sub: string;
  readonly exp: number;
  readonly iat: number;
  readonly jti: string;
  readonly sid: string;
  readonly amr: readonly string[];
  readonly acr: Level;
  readonly auth_time: number;
}

/**
 * Whom a token is for that opens the enrolment calls alone. Services that check tokens by themselves refuse it for that,
 * as they must refuse every audience that is not theirs (RFC 8725, 3.9).
 */
export const enrollmentAudience = (publicUrl: string): string =>
  `${publicUrl}/v1/users/me/two-factor`;

/** How far the clocks of two nodes may be apart, in seconds. */
export const CLOCK_LEEWAY = 5;

/** The form of a token before anything of it is decoded (RFC 8725bis 3.14): three base64url parts. */
export const TOKEN_SHAPE = /^[\w-]{1,512}\.[\w-]{1,2048}\.[\w-]{86}$/;

/**
 * The `kid` of a token's header, if the header is one of ours and nothing else (RFC 8725, 3.1, 3.10,
 * 3.11): ES256, `typ` at+jwt, no key, URL or critical extension beside.
 */
export function keyIdOf(token: string): string | undefined {
  if (!TOKEN_SHAPE.test(token)) return undefined;
  const header = parseJson(token.slice(0, token.indexOf('.')));
  if (typeof header !== 'object' || header === null) return undefined;
  const { alg, typ, kid, ...rest } = header as Record<string, unknown>;
  const ours = alg === 'ES256' && typ === 'at+jwt' && Object.keys(rest).length === 0;
  return ours && typeof kid === 'string' ? kid : undefined;
}

/**
 * The claims of a verified token, each of the type it must have and within its time (RFC 8725, 3.8 to
 * 3.12); undefined if one is not. Issuer, audience and signature were checked before.
 */
export function readAccessClaims(
  claims: Readonly<Record<string, unknown>>,
  nowSeconds: number,
  maxAge: number,
): AccessClaims | undefined {
  const { sub, sid, jti, exp, iat, auth_time: authTime, amr } = claims;
  const ids = [sub, sid, jti].every((id) => typeof id === 'string' && isUuid(id));
  const times = [exp, iat, authTime].every((time) => Number.isSafeInteger(time));
  const methods = Array.isArray(amr) && amr.every((method) => typeof method === 'string');
  if (!ids || !times || !methods) return undefined;
  const read = claims as unknown as AccessClaims;
  return isWithinTime(read, nowSeconds, maxAge) ? read : undefined;
}

function isWithinTime(
  { exp, iat, auth_time: authTime }: AccessClaims,
  now: number,
  maxAge: number,
) {
  if (iat > now + CLOCK_LEEWAY || authTime > now + CLOCK_LEEWAY) return false;
  return exp > iat && exp - iat <= maxAge && now < exp;
}

function parseJson(part: string): unknown {
  try {
    return JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}
