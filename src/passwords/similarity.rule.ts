import {
  type Complaint,
  PasswordRule,
  type PersonalAttributes,
  type RuleDescription,
} from './password-rule.js';
import { resembles } from './similarity.js';

/** Below it nearly every password resembles every name; Django refuses to start with less. */
const LEAST_SIMILARITY = 0.1;

/** Django's `UserAttributeSimilarityValidator`: names the first attribute that the password resembles. */
export class SimilarityRule extends PasswordRule {
  override readonly code = 'password_too_similar';

  /** @param maxSimilarity the share of common characters, 0.1 to 1, from which a password is refused */
  constructor(private readonly maxSimilarity = 0.7) {
    super();
    if (maxSimilarity < LEAST_SIMILARITY) {
      throw new RangeError('maxSimilarity must be at least 0.1');
    }
  }

  override check(password: string, about: PersonalAttributes): Complaint | undefined {
    const found = Object.entries(about).find(
      ([, value]) => value && resembles(password, value.normalize('NFC'), this.maxSimilarity),
    );
    if (found === undefined) return undefined;
    const [attribute] = found;
    const message = `The password is too similar to the ${inWords(attribute)}.`;
    return { code: this.code, message, params: { attribute } };
  }

  override describe(): RuleDescription {
    const message = 'Your password can’t be too similar to your other personal information.';
    return { code: this.code, message };
  }
}

/** Django's verbose names: `firstName` is "first name". */
function inWords(attribute: string): string {
  if (attribute === 'email') return 'email address';
  return attribute.replace(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`);
}
