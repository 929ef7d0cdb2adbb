import { Injectable } from '@nestjs/common';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../common/clock.js';
import type { Caller } from '../common/http/caller.js';
import {
  PasskeyAssertions,
  type ProvedPasskey,
} from '../two-factor/passkeys/passkey-assertions.service.js';
import { PasskeyRefused } from '../two-factor/passkeys/passkey-refused.js';
import { UsersService } from '../users/users.service.js';
import type { Login } from './login-stage.js';
import { InvalidCredentials } from './login.errors.js';
import { SignInWatch } from './sign-in-watch.service.js';

/** Who is at the door, by a passkey that she shows and nothing else. */
@Injectable()
export class PasskeyProof {
  constructor(
    private readonly assertions: PasskeyAssertions,
    private readonly users: UsersService,
    private readonly audit: AuditService,
    private readonly watch: SignInWatch,
    private readonly clock: Clock,
  ) {}

  /** The same answer whatever is wrong with it, and whoever it names. @throws InvalidCredentials */
  async prove(
    assertion: unknown,
    caller: Caller,
  ): Promise<Pick<Login, 'user' | 'methods' | 'twoFactorAt'>> {
    const proved = await this.ask(assertion, caller);
    const user = await this.users.findById(proved.userId);
    // Perhaps this passkey was removed since it was used.
    const at = proved.credentialsChangedAt.getTime();
    if (user?.credentialsChangedAt.getTime() !== at) throw new InvalidCredentials();
    this.watch.succeeded();
    return { user, methods: proved.methods, twoFactorAt: this.clock.now() };
  }

  private async ask(assertion: unknown, caller: Caller): Promise<ProvedPasskey> {
    try {
      return await this.assertions.prove(assertion, { purposes: ['sign_in'], caller });
    } catch (error) {
      if (!(error instanceof PasskeyRefused)) throw error;
      this.watch.failed();
      const { reason, userId: subjectId } = error;
      const details = { reason: `passkey_${reason}` };
      this.audit.note({ action: 'sign_in', outcome: 'failure', subjectId, caller, details });
      throw new InvalidCredentials();
    }
  }
}
