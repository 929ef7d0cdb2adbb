import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings.js';
import { type Login, LoginStage } from './login-stage.js';
import { EmailNotVerified } from './login.errors.js';

/** Where verification is mandatory, an unproved address opens nothing. Only told after the right password. */
@Injectable()
export class EmailVerifiedStage extends LoginStage {
  readonly refusal = 'email_not_verified';

  constructor(private readonly settings: Settings) {
    super();
  }

  check({ user }: Login): undefined {
    if (this.settings.emailVerification === 'mandatory' && user.emailVerifiedAt === null) {
      throw new EmailNotVerified();
    }
  }
}
