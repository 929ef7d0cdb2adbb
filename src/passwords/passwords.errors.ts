import { failure } from '../common/failure.js';

/** So many passwords wait to be hashed that one more would wait too long; none was hashed for this request. */
export class HashQueueFull extends failure({
  code: 'too_busy',
  status: 503,
  title: 'Too many people are signing in',
  detail: 'Passwords are checked one after another, and the line is full. Try again shortly.',
}) {}

/** Only with `BREACH_CHECK=strict`: a password that could not be looked up is not accepted. */
export class BreachCheckUnavailable extends failure({
  code: 'breach_check_unavailable',
  status: 503,
  title: 'The password could not be checked',
  detail: 'The service that knows breached passwords did not answer. Try again shortly.',
}) {}

/** So many passwords are being looked up that one more would wait too long. */
export class TooManyLookups extends failure({
  code: 'too_many_lookups',
  status: 503,
  title: 'Too many passwords are being judged',
  detail: 'New passwords are looked up a few at a time, and the line is full. Try again shortly.',
}) {}

/** With `PASSWORD_LOGIN=off`. */
export class PasswordLoginOff extends failure({
  code: 'password_login_off',
  status: 403,
  title: 'Passwords are not used here',
  detail: 'Sign in with a provider (`GET /v1/auth/social/providers`) or with a passkey.',
}) {}
