import type { Device } from '../sessions/device.js';
import type { Proof } from '../sessions/proof.js';
import type { SecondFactorMethod } from '../two-factor/second-factor.js';
import type { User } from '../users/user.entity.js';

/** Somebody on the way in: whose account it is and what was proved so far. */
export interface Login extends Proof {
  readonly user: User;
  readonly device: Device;
  /** The token by which the device shows that somebody signed in on it before. */
  readonly deviceToken?: string | undefined;
  /** Whether she wants it to stand for her second factor from now on. */
  readonly trustDevice?: boolean | undefined;
  /** Whether it does so now: nothing but the device was shown for it. */
  readonly onTrust?: boolean | undefined;
}

/** What a stage has found: something more to say of the session, or that something is due first. */
export type Finding =
  | {
      readonly adds: Partial<
        Pick<Login, 'user' | 'twoFactorAt' | 'enrollBy' | 'methods' | 'onTrust'>
      >;
    }
  | { readonly due: readonly SecondFactorMethod[] };

/** One thing that stands between a proof and a session. To add one: write it, add it to the list. */
export abstract class LoginStage {
  /** What the log book calls it when somebody gets no further than this. */
  abstract readonly refusal: string;

  /** Nothing found: the login goes on. @throws a Failure if it may go no further. */
  abstract check(login: Login): Finding | undefined | Promise<Finding | undefined>;
}

/** The stages in the order in which they are asked. */
export const LOGIN_STAGES = Symbol('LOGIN_STAGES');
