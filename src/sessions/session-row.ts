import { v7 as uuidv7 } from 'uuid';
import { OpaqueToken } from '../common/opaque-token.js';
import type { Settings } from '../config/settings.js';
import type { User } from '../users/user.entity.js';
import type { Device } from './device.js';
import type { Proof } from './proof.js';
import type { Session } from './session.entity.js';

/** Prefixes of what carries a session: one is never taken for another. */
export const COOKIE_PREFIX = 'ghs';
export const REFRESH_PREFIX = 'ghr';
export const REFRESH_COOKIE_PREFIX = 'ghc';

export interface NewSession {
  readonly row: Session;
  /** What its bearer gets, once: the cookie's value or the refresh token. */
  readonly secret: OpaqueToken;
}

/** A session as it begins; what carries it is told by the device. */
export function newSession(
  user: Pick<User, 'id'>,
  proof: Proof,
  device: Device,
  { sessionCookieAge, refreshTokenTtl }: Settings,
  now: Date,
): NewSession {
  const { transport, refreshTransport } = device;
  const id = uuidv7({ msecs: now.getTime() });
  const age =
    transport === 'cookie' ? sessionCookieAge : Math.min(sessionCookieAge, refreshTokenTtl);
  const inCookie = refreshTransport === 'cookie' ? REFRESH_COOKIE_PREFIX : REFRESH_PREFIX;
  const secret = OpaqueToken.issue(transport === 'cookie' ? COOKIE_PREFIX : inCookie, id);
  const row: Session = {
    id,
    userId: user.id,
    methods: [...proof.methods],
    authenticatedAt: now,
    ...reached(proof),
    createdAt: now,
    lastSeenAt: now,
    expiresAt: new Date(now.getTime() + age * 1000),
    ip: device.ip,
    userAgent: device.userAgent,
    deviceName: device.name,
    transport,
    secretHash: transport === 'cookie' ? secret.hash : null,
    refreshHash: transport === 'token' ? secret.hash : null,
    refreshPreviousHash: null,
    refreshSalt: null,
    refreshedAt: null,
    data: {},
  };
  return { row, secret };
}

const reached = ({ twoFactorAt, enrollBy }: Proof): Pick<Session, 'twoFactorAt' | 'enrollBy'> =>
  twoFactorAt === undefined
    ? { twoFactorAt: null, enrollBy: enrollBy ?? null }
    : { twoFactorAt, enrollBy: null };
