import { Injectable } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { v4 as uuidv4 } from 'uuid';
import { Clock } from '../common/clock.js';
import { Settings } from '../config/settings.js';
import { type AccessClaims, enrollmentAudience } from './access-claims.js';
import { levelOf } from './proof.js';
import type { Session } from './session.entity.js';
import { SigningKeysService } from './signing-keys.service.js';

export interface AccessToken {
  readonly token: string;
  /** Seconds. */
  readonly expiresIn: number;
}

/** As much of a session as its copies say. */
export type TokenSubject = Pick<
  Session,
  'id' | 'userId' | 'methods' | 'authenticatedAt' | 'twoFactorAt' | 'enrollBy' | 'expiresAt'
>;

/** Issues the short-lived copies of sessions: ES256, `typ: at+jwt` (RFC 9068). */
@Injectable()
export class AccessTokensService {
  constructor(
    private readonly jwt: JwtService,
    private readonly keys: SigningKeysService,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  issue(session: TokenSubject): AccessToken {
    const { kid, privateKey } = this.keys.current();
    const iat = Math.floor(this.clock.millis() / 1000);
    const end = Math.floor(session.expiresAt.getTime() / 1000);
    const exp = Math.min(iat + this.settings.accessTokenTtl, end);
    const level = levelOf(session, this.clock.now());
    const { publicUrl } = this.settings;
    const claims: AccessClaims = {
      iss: publicUrl,
      aud: level === 'enrollment' ? enrollmentAudience(publicUrl) : publicUrl,
      sub: session.userId,
      exp,
      iat,
      jti: uuidv4(),
      sid: session.id,
      amr: session.methods,
      acr: level,
      auth_time: Math.floor(session.authenticatedAt.getTime() / 1000),
    };
    const token = this.jwt.sign(claims, {
      privateKey,
      algorithm: 'ES256',
      header: { alg: 'ES256', typ: 'at+jwt', kid },
    });
    return { token, expiresIn: exp - iat };
  }
}
