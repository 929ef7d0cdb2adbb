import type { OpaqueToken } from '../common/opaque-token.js';
import type { Session } from '../sessions/session.entity.js';
import type { SecondFactorMethod } from '../two-factor/second-factor.js';
import type { User } from '../users/user.entity.js';

/** A session was opened. Whoever must have a second factor and has none gets as far as the calls that set one up. */
export interface OpenedLogin {
  readonly status: 'authenticated' | 'two_factor_enrollment_required';
  readonly user: User;
  readonly session: Session;
  /** What carries the session on: the value of its cookie, or its first refresh token. */
  readonly secret: OpaqueToken;
  /** By which the device is known from now on. */
  readonly deviceToken: OpaqueToken;
}

/** The second factor is due: it completes what the challenge stands for. */
export interface WaitingForFactor {
  readonly status: 'two_factor_required';
  readonly challenge: OpaqueToken;
  readonly methods: readonly SecondFactorMethod[];
}

/** How a login ended. */
export type LoginOutcome = OpenedLogin | WaitingForFactor;
