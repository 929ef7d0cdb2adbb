import type { Caller } from '../common/http/caller.js';

/** How a second factor is shown. */
export const SECOND_FACTOR_METHODS = ['totp', 'recovery_code', 'passkey'] as const;

export type SecondFactorMethod = (typeof SECOND_FACTOR_METHODS)[number];

/** What somebody shows as her second factor. */
export interface ShownFactor {
  readonly method: SecondFactorMethod;
  /** Of an authenticator app, or a recovery code. */
  readonly code?: string | undefined;
  /** Of a passkey: what `navigator.credentials.get()` answered, as JSON (WebAuthn level 3, 5.1.8). */
  readonly assertion?: Readonly<Record<string, unknown>> | undefined;
  /** The login challenge or the session in which it is shown: a passkey's challenge was made for it alone. */
  readonly within: string;
}

/** One kind of second factor. To add one: write it, add it to the list. */
export abstract class SecondFactor {
  abstract readonly method: SecondFactorMethod;

  /** False: nobody can guess it, so that trying it is open to its owner whatever somebody else has tried. */
  readonly isGuessable: boolean = true;

  /** Whether this user can show it now. */
  abstract isReady(userId: string): Promise<boolean>;

  /**
   * Whether it is right, and spends it: the same is never right twice. What it adds to the methods of a session, or
   * undefined: it is wrong.
   */
  abstract prove(
    userId: string,
    shown: ShownFactor,
    caller: Caller,
  ): Promise<readonly string[] | undefined>;
}

/** The kinds of second factors, those that are asked for first in front. */
export const SECOND_FACTORS = Symbol('SECOND_FACTORS');
