import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/http/caller.js';
import { SecondFactor, type ShownFactor } from '../second-factor.js';
import { PasskeyAssertions } from './passkey-assertions.service.js';
import { PasskeyRefused } from './passkey-refused.js';
import { PasskeysService } from './passkeys.service.js';

/** A passkey beside something else that was proved: that its bearer is there is enough. */
@Injectable()
export class PasskeySecondFactor extends SecondFactor {
  readonly method = 'passkey';
  override readonly isGuessable = false;

  constructor(
    private readonly passkeys: PasskeysService,
    private readonly assertions: PasskeyAssertions,
  ) {
    super();
  }

  isReady(userId: string): Promise<boolean> {
    return this.passkeys.has(userId);
  }

  async prove(
    userId: string,
    { assertion, within }: ShownFactor,
    caller: Caller,
  ): Promise<readonly string[] | undefined> {
    const purposes = ['second_factor', 'reauthentication'] as const;
    try {
      const expected = { purposes, userId, within, caller };
      const { methods } = await this.assertions.prove(assertion, expected);
      return methods;
    } catch (error) {
      if (error instanceof PasskeyRefused) return undefined;
      throw error;
    }
  }
}
