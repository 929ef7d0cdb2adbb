import { failure } from '../common/failure.js';

export class InvalidCredentials extends failure({
  code: 'invalid_credentials',
  status: 401,
  title: 'E-mail, password or passkey is wrong',
  detail: 'The answer is the same whether or not there is such an account.',
}) {}

export class EmailNotVerified extends failure({
  code: 'email_not_verified',
  status: 403,
  title: 'The e-mail address is not verified yet',
  detail: 'Open the link in the mail that was sent, or ask for another one.',
}) {}

export class ChallengeExpired extends failure({
  code: 'challenge_expired',
  status: 401,
  title: 'This sign-in is over',
  detail: 'It took too long, was tried too often, or is done. Sign in again from the beginning.',
}) {}

export class AccountLeft extends failure({
  code: 'account_left',
  status: 403,
  title: 'You closed this account',
  detail:
    'Its owner deactivated it or asked for its deletion. `POST /v1/auth/reactivation` mails a link that opens it again.',
}) {}
