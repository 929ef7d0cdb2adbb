import { Injectable } from '@nestjs/common';
import { type Login, LoginStage } from './login-stage.js';
import { InvalidCredentials } from './login.errors.js';

/** A deactivated account answers as if it were none, after the same work. */
@Injectable()
export class ActiveStage extends LoginStage {
  readonly refusal = 'inactive';

  check({ user }: Login): void {
    if (!user.isActive) throw new InvalidCredentials();
  }
}
