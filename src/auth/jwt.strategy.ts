import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-jwt';
import type { Principal } from '../access/principal.js';
import { Clock } from '../common/clock.js';
import { Settings } from '../config/settings.js';
import { keyIdOf, readAccessClaims } from '../sessions/access-claims.js';
import { SessionsService } from '../sessions/sessions.service.js';
import { SigningKeysService } from '../sessions/signing-keys.service.js';
import { InvalidToken } from './auth.errors.js';
import { type CredentialRequest, bearerToken } from './credential.js';

type KeyCallback = (error: unknown, key?: never) => void;

/**
 * Checks an access token in full (RFC 8725): shape, header, key, signature (passport-jwt), issuer,
 * audience, each claim's type, its times, and that the session it copies still lives.
 */
@Injectable()
export class JwtStrategy extends PassportStrategy(Strategy, 'jwt') {
  constructor(
    keys: SigningKeysService,
    private readonly settings: Settings,
    private readonly sessions: SessionsService,
    private readonly clock: Clock,
  ) {
    super({
      jwtFromRequest: (request: CredentialRequest) => bearerToken(request) ?? null,
      secretOrKeyProvider: (_request: unknown, token: string, done: KeyCallback) => {
        findKey(keys, token, done);
      },
      algorithms: ['ES256'],
      issuer: settings.publicUrl,
      audience: settings.publicUrl,
    });
  }

  async validate(payload: Readonly<Record<string, unknown>>): Promise<Principal> {
    const now = this.clock.millis() / 1000;
    const claims = readAccessClaims(payload, now, this.settings.accessTokenTtl);
    const session = claims && (await this.sessions.findLive(claims.sid));
    if (claims?.sub !== session?.user_id || session === undefined) throw new InvalidToken();
    return {
      user: {
        id: session.user_id,
        isStaff: session.is_staff,
        isSuperuser: session.is_superuser,
      },
      via: 'jwt',
      sessionId: session.id,
      authenticatedAt: session.authenticated_at,
      methods: session.methods,
    };
  }
}

/** Hands passport-jwt a KeyObject: its types say text, but PEM costs forty times the work. */
function findKey(keys: SigningKeysService, token: string, done: KeyCallback): void {
  const kid = keyIdOf(token);
  if (kid === undefined) {
    done(new InvalidToken());
    return;
  }
  keys.findPublicKey(kid).then(
    (key) => {
      if (key === undefined) done(new InvalidToken());
      else done(null, key as never);
    },
    (error: unknown) => {
      done(error);
    },
  );
}
