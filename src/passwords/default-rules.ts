import type { Clock } from '../common/clock.js';
import type { Settings } from '../config/settings.js';
import { BreachedRule } from './breached.rule.js';
import { CommonPasswordRule } from './common-password.rule.js';
import { MaximumLengthRule, MinimumLengthRule, WellFormedRule } from './length.rules.js';
import { NumericRule } from './numeric.rule.js';
import type { PasswordRule } from './password-rule.js';
import { SimilarityRule } from './similarity.rule.js';

type RuleSettings = Pick<Settings, 'passwordMinLength' | 'breachCheck' | 'breachCheckUrl'>;

/** First whether it is a password at all, then Django's four rules in Django's order, the network last. */
export async function defaultRules(settings: RuleSettings, clock: Clock): Promise<PasswordRule[]> {
  const { breachCheck, breachCheckUrl: url, passwordMinLength } = settings;
  const breached = new BreachedRule({ url, strict: breachCheck === 'strict' }, clock);
  return [
    new WellFormedRule(),
    new MaximumLengthRule(),
    new SimilarityRule(),
    new MinimumLengthRule(passwordMinLength),
    await CommonPasswordRule.load(),
    new NumericRule(),
    ...(breachCheck === 'off' ? [] : [breached]),
  ];
}
