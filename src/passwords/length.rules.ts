import { type Complaint, PasswordRule, type RuleDescription } from './password-rule.js';
import { codePointLength, isMalformed, PASSWORD_MAX_LENGTH } from './password-text.js';

const characters = (count: number) => `${count} ${count === 1 ? 'character' : 'characters'}`;

/** Half of a surrogate pair has no UTF-8 form; two such passwords would hash alike. */
export class WellFormedRule extends PasswordRule {
  override readonly code = 'password_malformed';
  override readonly conclusive = true;

  override check(password: string): Complaint | undefined {
    if (!isMalformed(password)) return undefined;
    return { code: this.code, message: 'The password is not valid Unicode text.' };
  }

  override describe(): RuleDescription {
    return { code: this.code, message: 'Your password may be any Unicode text, spaces included.' };
  }
}

/** Too long is refused, never cut (ASVS 5.0 6.2.8, 6.2.9; CVE-2013-1443). */
export class MaximumLengthRule extends PasswordRule {
  override readonly code = 'password_too_long';
  override readonly conclusive = true;
  private readonly params = { maxLength: PASSWORD_MAX_LENGTH };

  override check(password: string): Complaint | undefined {
    if (codePointLength(password) <= PASSWORD_MAX_LENGTH) return undefined;
    const most = characters(PASSWORD_MAX_LENGTH);
    const message = `This password is too long. It must contain at most ${most}.`;
    return { code: this.code, message, params: this.params };
  }

  override describe(): RuleDescription {
    const message = `Your password must contain at most ${characters(PASSWORD_MAX_LENGTH)}.`;
    return { code: this.code, message, params: this.params };
  }
}

/** Django's `MinimumLengthValidator`; counts code points, as Python does (ASVS 5.0 6.2.1). */
export class MinimumLengthRule extends PasswordRule {
  override readonly code = 'password_too_short';

  constructor(private readonly minLength: number) {
    super();
  }

  override check(password: string): Complaint | undefined {
    if (codePointLength(password) >= this.minLength) return undefined;
    const least = characters(this.minLength);
    const message = `This password is too short. It must contain at least ${least}.`;
    return { code: this.code, message, params: { minLength: this.minLength } };
  }

  override describe(): RuleDescription {
    const message = `Your password must contain at least ${characters(this.minLength)}.`;
    return { code: this.code, message, params: { minLength: this.minLength } };
  }
}
