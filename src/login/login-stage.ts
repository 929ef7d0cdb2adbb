import type { Device } from '../sessions/device.js';
import type { User } from '../users/user.entity.js';

/** Somebody on the way in: whose account it is and what was proved so far. */
export interface Login {
  readonly user: User;
  /** RFC 8176 values, in the order in which they were proved. */
  readonly methods: readonly string[];
  readonly device: Device;
  /** The token by which the device shows that somebody signed in on it before. */
  readonly deviceToken?: string | undefined;
}

/** One thing that stands between a proof and a session. To add one: write it, add it to the list. */
export abstract class LoginStage {
  /** What the log book calls it when somebody gets no further than this. */
  abstract readonly refusal: string;

  /** @throws a Failure if the login may go no further. */
  abstract check(login: Login): void | Promise<void>;
}

/** The stages in the order in which they are asked. */
export const LOGIN_STAGES = Symbol('LOGIN_STAGES');
