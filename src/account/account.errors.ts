import { failure } from '../common/failure.js';
import { ValidationFailed } from '../common/failures.js';

export class TokenInvalid extends failure({
  code: 'token_invalid',
  status: 400,
  title: 'The link or code is not valid',
  detail:
    'It was used already, is too old, was replaced by a newer one, was tried too often, or was never issued.',
}) {}

export class PasswordExists extends failure({
  code: 'password_exists',
  status: 409,
  title: 'There is a password already',
  detail: 'Change it with `POST /v1/auth/password/change`, which asks for the current one.',
}) {}

/**
 * A fault in the form and not in the credential: on a 401 clients would drop their tokens and show the
 * sign-in page.
 */
export class WrongCurrentPassword extends ValidationFailed {
  constructor(field = 'currentPassword') {
    const message = 'This is not your current password.';
    super({ errors: [{ field, code: 'password_incorrect', message }] });
  }
}
