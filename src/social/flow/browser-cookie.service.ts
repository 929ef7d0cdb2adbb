import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import { cookieValues, setCookie } from '../../common/http/cookies.js';
import { OpaqueToken } from '../../common/opaque-token.js';
import { Settings } from '../../config/settings.js';

const PREFIX = 'ghb';

interface Reply {
  header(name: string, value: string | string[]): unknown;
}

/**
 * By what a browser is known on its way to a provider and back, and by nothing else: whoever begins in one browser
 * cannot end in another (RFC 9700, 4.7). SameSite=Lax, for it must come along when the provider sends the browser back.
 */
@Injectable()
export class BrowserCookie {
  readonly name: string;
  readonly #secure: boolean;

  constructor({ publicUrl }: Settings) {
    this.#secure = publicUrl.startsWith('https://');
    this.name = this.#secure ? '__Host-social' : 'social';
  }

  /** Undefined also for two: one of them was planted. */
  read(headers: IncomingHttpHeaders): OpaqueToken | undefined {
    const [text, second] = cookieValues(headers, this.name);
    return text === undefined || second !== undefined ? undefined : OpaqueToken.parse(PREFIX, text);
  }

  /** The same for every way that a browser has begun, so that two tabs do not end each other's. */
  readOrIssue(headers: IncomingHttpHeaders): OpaqueToken {
    return this.read(headers) ?? OpaqueToken.issue(PREFIX);
  }

  /** @param maxAge seconds */
  set(reply: Reply, token: OpaqueToken, maxAge: number): void {
    const options = { maxAge, secure: this.#secure };
    reply.header('set-cookie', [setCookie(this.name, token.reveal(), options)]);
  }
}
