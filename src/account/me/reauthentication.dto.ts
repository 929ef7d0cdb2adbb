import { Check } from '../../common/fields.js';
import { AssertionField, CodeField } from '../../login/two-factor-login.dto.js';
import { PasswordField } from '../../users/user-fields.js';

/** One of the three; the example in the documentation shows the first. */
export class ReauthenticateDto {
  @PasswordField({ optional: true })
  @Check('isNotEmpty', (value) => value !== '', 'required', 'It is required.')
  password?: string;

  @CodeField({ example: undefined })
  code?: string;

  @AssertionField()
  assertion?: Readonly<Record<string, unknown>>;
}
