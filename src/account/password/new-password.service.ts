import { Injectable } from '@nestjs/common';
import { PasswordPolicy } from '../../passwords/password-policy.js';
import { PasswordService } from '../../passwords/password.service.js';
import { attributesOf } from '../../users/attributes.js';
import type { User } from '../../users/user.entity.js';

/** What every new password of somebody who is known goes through; the field is `newPassword` wherever it comes. */
@Injectable()
export class NewPasswordService {
  constructor(
    private readonly policy: PasswordPolicy,
    private readonly passwords: PasswordService,
  ) {}

  /** The hash of a password that satisfies the rules, likeness to her own data among them. @throws ValidationFailed */
  async hashOfGood(password: string, user: User, signal: AbortSignal): Promise<string> {
    await this.policy.assertAcceptable(password, attributesOf(user), 'newPassword');
    return this.passwords.hash(password, signal);
  }
}
