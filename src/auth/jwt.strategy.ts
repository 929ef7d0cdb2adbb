import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-jwt';
import { InvalidToken } from '../access/access.errors.js';
import type { Principal } from '../access/principal.js';
import { Clock } from '../common/clock.js';
import { Settings } from '../config/settings.js';
import {
  type AccessClaims,
  enrollmentAudience,
  keyIdOf,
  readAccessClaims,
} from '../sessions/access-claims.js';
import { LiveSessionsService } from '../sessions/live-sessions.service.js';
import { SigningKeysService } from '../sessions/signing-keys.service.js';
import { type CredentialRequest, bearerToken } from './credential.js';
import { ProvenTokens } from './proven-tokens.js';

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
    private readonly sessions: LiveSessionsService,
    private readonly proven: ProvenTokens,
    private readonly clock: Clock,
  ) {
    super({
      jwtFromRequest: (request: CredentialRequest) => bearerToken(request) ?? null,
      secretOrKeyProvider: (_request: unknown, token: string, done: KeyCallback) => {
        findKey(keys, token, done);
      },
      algorithms: ['ES256'],
      issuer: settings.publicUrl,
      audience: [settings.publicUrl, enrollmentAudience(settings.publicUrl)],
      passReqToCallback: true,
    });
  }

  async validate(
    request: CredentialRequest,
    payload: Readonly<Record<string, unknown>>,
  ): Promise<Principal> {
    const now = this.clock.millis() / 1000;
    const claims = readAccessClaims(payload, now, this.settings.accessTokenTtl);
    const principal = claims && (await this.principalOf(claims));
    if (claims === undefined || principal === undefined) throw new InvalidToken();
    const { exp } = claims;
    this.proven.set(bearerToken(request) ?? '', { sid: claims.sid, exp });
    return principal;
  }

  /** Undefined: the session that the token copies has ended, or never was this user's. */
  private async principalOf({ sid, sub }: AccessClaims): Promise<Principal | undefined> {
    const session = await this.sessions.find(sid);
    if (session?.userId !== sub) return undefined;
    return (await this.sessions.isOver(session)) ? undefined : this.sessions.findPrincipal(session);
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
