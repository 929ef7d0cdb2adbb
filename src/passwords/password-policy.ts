import { Inject, Injectable } from '@nestjs/common';
import { ValidationFailed } from '../common/failures.js';
import {
  type Complaint,
  PASSWORD_RULES,
  type PasswordRule,
  type PersonalAttributes,
  type RuleDescription,
} from './password-rule.js';
import { normalizePassword } from './password-text.js';

/** The one judge of new passwords, on every path that sets one (Django's `validate_password`; ASVS 5.0 6.2). */
@Injectable()
export class PasswordPolicy {
  constructor(@Inject(PASSWORD_RULES) private readonly rules: readonly PasswordRule[]) {}

  /**
   * Everything that is wrong with the password, in the order of the rules. Only what is no password at all
   * (malformed, too long) ends the judgement early, so that nobody looks up or compares 64 KiB of it.
   *
   * @throws BreachCheckUnavailable with `BREACH_CHECK=strict`
   */
  async complaints(password: string, about: PersonalAttributes = {}): Promise<Complaint[]> {
    const text = normalizePassword(password);
    const complaints: Complaint[] = [];
    for (const rule of this.rules) {
      const complaint = await rule.check(text, about);
      if (complaint === undefined) continue;
      complaints.push(complaint);
      if (rule.conclusive) break;
    }
    return complaints;
  }

  /**
   * @param field the name under which the password came, for the complaints
   * @throws ValidationFailed with every complaint; BreachCheckUnavailable with `BREACH_CHECK=strict`
   */
  async assertAcceptable(
    password: string,
    about: PersonalAttributes = {},
    field = 'password',
  ): Promise<void> {
    const complaints = await this.complaints(password, about);
    if (complaints.length === 0) return;
    throw new ValidationFailed({
      errors: complaints.map((complaint) => ({ field, ...complaint })),
    });
  }

  /** The rules in words, in order. */
  describe(): RuleDescription[] {
    return this.rules.map((rule) => rule.describe());
  }
}
