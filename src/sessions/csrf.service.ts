import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import { CsrfFailed } from '../access/access.errors.js';
import { cookieValues } from '../common/http/cookies.js';
import type { OpaqueToken } from '../common/opaque-token.js';
import { KeyRing } from '../config/key-ring.js';
import { Settings } from '../config/settings.js';
import { allowedOrigins, isForeign } from './own-origin.js';

export const CSRF_COOKIE = 'XSRF-TOKEN';
const CSRF_HEADER = 'x-xsrf-token';
const PURPOSE = 'csrf';

/**
 * Keeps other people's pages from acting with a browser's cookies. Two locks, each of which holds alone: the
 * origin that the browser names, and a token that only our own pages can read. A signed-in browser's token
 * follows from its session's secret, so that none from before, from elsewhere or from another session fits.
 */
@Injectable()
export class CsrfService {
  readonly #origins: ReadonlySet<string>;

  constructor(
    private readonly ring: KeyRing,
    { publicUrl, corsOrigins }: Settings,
  ) {
    this.#origins = allowedOrigins(publicUrl, corsOrigins);
  }

  /** The token of a session. */
  tokenOf(session: OpaqueToken): string {
    return session.derive(PURPOSE).toString('base64url');
  }

  /** A token for those who are about to sign in. */
  issue(): string {
    const nonce = randomBytes(16).toString('base64url');
    return `${nonce}.${this.ring.mac(PURPOSE, nonce).toString('base64url')}`;
  }

  /** @throws CsrfFailed unless the page is ours and shows the token of this session. */
  check(headers: IncomingHttpHeaders, session: OpaqueToken): void {
    if (isForeign(headers, this.#origins)) throw new CsrfFailed();
    if (!isEqual(shown(headers), this.tokenOf(session))) throw new CsrfFailed();
  }

  /**
   * For the calls that come before a session (login CSRF): the token must be one of ours and equal to the
   * cookie, or else that of the session which the browser still has.
   *
   * @throws CsrfFailed
   */
  checkSignIn(headers: IncomingHttpHeaders, session: OpaqueToken | undefined): void {
    if (isForeign(headers, this.#origins)) throw new CsrfFailed();
    const token = shown(headers);
    if (session !== undefined && isEqual(token, this.tokenOf(session))) return;
    const cookies = cookieValues(headers, CSRF_COOKIE);
    if (!this.isOurs(token) || !cookies.some((cookie) => isEqual(token, cookie))) {
      throw new CsrfFailed();
    }
  }

  /** No socket can show a token: the page that opened it must be one of ours, by name. @throws CsrfFailed */
  checkSocket({ origin }: IncomingHttpHeaders): void {
    if (origin === undefined || !this.#origins.has(origin)) throw new CsrfFailed();
  }

  private isOurs(token: string): boolean {
    const [nonce = '', mac = ''] = token.split('.');
    const bytes = Buffer.from(mac, 'base64url');
    return bytes.length === 32 && this.ring.isMac(PURPOSE, nonce, bytes);
  }
}

function shown(headers: IncomingHttpHeaders): string {
  const token = headers[CSRF_HEADER];
  return typeof token === 'string' ? token : '';
}

function isEqual(shownToken: string, expected: string): boolean {
  const [a, b] = [Buffer.from(shownToken), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}
