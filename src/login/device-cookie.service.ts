import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import { cookieValues, setCookie } from '../common/http/cookies.js';
import type { OpaqueToken } from '../common/opaque-token.js';
import { Settings } from '../config/settings.js';
import type { Reply } from '../sessions/session-cookies.service.js';
import { DEVICE_LIFE } from './known-devices.service.js';

/** The cookie by which a browser is known that signed in before. It outlives its sessions. */
@Injectable()
export class DeviceCookie {
  readonly name: string;
  readonly #secure: boolean;

  constructor({ publicUrl }: Settings) {
    this.#secure = publicUrl.startsWith('https://');
    this.name = this.#secure ? '__Host-device' : 'device';
  }

  /** Undefined also for two: one of them was planted. */
  read(headers: IncomingHttpHeaders): string | undefined {
    const [text, second] = cookieValues(headers, this.name);
    return second === undefined ? text : undefined;
  }

  set(reply: Reply, token: OpaqueToken): void {
    const options = { maxAge: DEVICE_LIFE, secure: this.#secure };
    reply.header('set-cookie', [setCookie(this.name, token.reveal(), options)]);
  }
}
