import { BloomFilter } from './bloom-filter.js';
import { type Complaint, PasswordRule, type RuleDescription } from './password-rule.js';

/** Built by `scripts/build-common-passwords.mjs`: the common passwords of eight characters and more. */
const FILE = new URL('./common-passwords.bloom', import.meta.url);

/** Django's `CommonPasswordValidator` with a longer list (ASVS 5.0 6.2.4): no network is asked. */
export class CommonPasswordRule extends PasswordRule {
  override readonly code = 'password_too_common';

  constructor(private readonly common: BloomFilter) {
    super();
  }

  static async load(): Promise<CommonPasswordRule> {
    return new CommonPasswordRule(await BloomFilter.open(FILE));
  }

  /** Capitals and outer spaces make no password rare. */
  override check(password: string): Complaint | undefined {
    if (!this.common.has(password.toLowerCase().trim())) return undefined;
    return { code: this.code, message: 'This password is too common.' };
  }

  override describe(): RuleDescription {
    return { code: this.code, message: 'Your password can’t be a commonly used password.' };
  }
}
