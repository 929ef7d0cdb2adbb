import { failure } from '../common/failure.js';

export class AmbiguousCredentials extends failure({
  code: 'ambiguous_credentials',
  status: 400,
  title: 'More than one credential was shown',
  detail: 'Show one credential: either `Authorization` or `X-API-Key`, once.',
}) {}

export class TwoFactorRequired extends failure({
  code: 'two_factor_required',
  status: 403,
  title: 'A second factor is needed',
  detail:
    'This session was opened without a second factor. Prove one with `POST /v1/auth/reauthenticate`, or sign in again.',
}) {}

export class TwoFactorEnrollmentRequired extends failure({
  code: 'two_factor_enrollment_required',
  status: 403,
  title: 'A second factor must be set up',
  detail:
    'This call takes a second factor, and you have none. Set one up (`/v1/users/me/two-factor`); until then only that is open, and signing out.',
}) {}

export class ReauthenticationRequired extends failure({
  code: 'reauthentication_required',
  status: 403,
  title: 'Prove again that it is you',
  detail: 'This call is only allowed shortly after signing in.',
}) {}

export class ApiKeyNotAllowed extends failure({
  code: 'api_key_not_allowed',
  status: 403,
  title: 'Not with an API key',
  detail:
    'This call is for people who are signed in: ways in, keys and accounts are no business of API keys.',
}) {}

export class InsufficientScope extends failure({
  code: 'insufficient_scope',
  status: 403,
  title: 'The API key is not for this',
  detail: 'None of its scopes covers what this call takes, whatever its owner may do.',
}) {}

export class AddressNotAllowed extends failure({
  code: 'address_not_allowed',
  status: 403,
  title: 'The API key may not be used from here',
  detail: 'It is good for calls from certain addresses, and this one came from another.',
}) {}
