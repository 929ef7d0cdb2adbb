import { failure } from '../../common/failure.js';
import { ValidationFailed } from '../../common/failures.js';

export class SecondFactorDemanded extends failure({
  code: 'second_factor_demanded',
  status: 409,
  title: 'You must have a second factor',
  detail: 'It is the last one, and this account may not be without. Add another one first.',
}) {}

export class TotpEnrolled extends failure({
  code: 'totp_enrolled',
  status: 409,
  title: 'There is an authenticator app already',
  detail:
    'Send `replace: true` to set up another one in its place. It stays as it is until the new one is confirmed.',
}) {}

export class TotpNotBegun extends failure({
  code: 'totp_not_begun',
  status: 409,
  title: 'No authenticator app is being set up',
  detail: 'It took too long, is done, or was never begun. Begin again.',
}) {}

export class NoSecondFactor extends failure({
  code: 'no_second_factor',
  status: 409,
  title: 'There is no second factor',
  detail: 'Recovery codes stand in for one. Set up an authenticator app or a passkey first.',
}) {}

/** A fault in the form and not in the credential: on a 401 clients would drop their tokens. */
export class WrongTotpCode extends ValidationFailed {
  constructor() {
    const message = 'This is not the code that the app shows now. Look at the time of the phone.';
    super({ errors: [{ field: 'code', code: 'code_incorrect', message }] });
  }
}
