import type { IncomingHttpHeaders } from 'node:http';
import { InvalidToken } from '../access/access.errors.js';
import { AmbiguousCredentials } from './auth.errors.js';

/** As much of a request as is needed to see which credential it shows. */
export interface CredentialRequest {
  readonly headers: IncomingHttpHeaders;
  readonly raw: { readonly rawHeaders: readonly string[] };
}

const BEARER = /^Bearer +([^\s,]+)$/i;
const AS_USUAL = 'Bearer ';

/** What a header shows: the token of `Authorization: Bearer …` (RFC 6750, 2.1), or an API key. */
export interface Shown {
  readonly kind: 'bearer' | 'api-key';
  readonly text: string;
}

/**
 * Undefined: no header shows a credential.
 *
 * @throws InvalidToken if the header is there but is no bearer token: a bad credential never counts as
 * none. AmbiguousCredentials if there are two (of the same Node would keep the first in silence).
 */
export function shownCredential({ headers, raw }: CredentialRequest): Shown | undefined {
  const { authorization, 'x-api-key': apiKey } = headers;
  if (authorization === undefined && apiKey === undefined) return undefined;
  if (countCredentials(raw.rawHeaders) > 1) throw new AmbiguousCredentials();
  if (authorization === undefined) return { kind: 'api-key', text: String(apiKey) };
  const text = usualToken(authorization) ?? BEARER.exec(authorization)?.[1];
  if (text === undefined) throw new InvalidToken();
  return { kind: 'bearer', text };
}

/** The token, if it is one that is shown. @throws as `shownCredential` */
export function bearerToken(request: CredentialRequest): string | undefined {
  const shown = shownCredential(request);
  return shown?.kind === 'bearer' ? shown.text : undefined;
}

/** As nearly everybody writes it, found without the expression, which looks at each letter of a long token. */
function usualToken(authorization: string): string | undefined {
  if (!authorization.startsWith(AS_USUAL)) return undefined;
  const token = authorization.slice(AS_USUAL.length);
  return token === '' || token.includes(' ') || token.includes(',') ? undefined : token;
}

/** Names stand at the even places. */
function countCredentials(rawHeaders: readonly string[]): number {
  let count = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const { length } = rawHeaders[i] ?? '';
    if (length !== AUTHORIZATION.length && length !== API_KEY.length) continue;
    const name = rawHeaders[i]?.toLowerCase();
    if (name === AUTHORIZATION || name === API_KEY) count++;
  }
  return count;
}

const AUTHORIZATION = 'authorization';
const API_KEY = 'x-api-key';
