import { Injectable } from '@nestjs/common';
import { type Login, LoginStage } from './login-stage.js';
import { AccountLeft, InvalidCredentials } from './login.errors.js';

/**
 * A deactivated account answers as if it were none, after the same work. Whoever closed her own account and
 * knows the password is told how to come back.
 */
@Injectable()
export class ActiveStage extends LoginStage {
  readonly refusal = 'inactive';

  check({ user }: Login): undefined {
    if (user.isActive) return;
    throw user.leftAt === null ? new InvalidCredentials() : new AccountLeft();
  }
}
