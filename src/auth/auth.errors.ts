import { failure } from '../common/failure.js';

export class InvalidToken extends failure({
  code: 'invalid_token',
  status: 401,
  title: 'The credential is not valid',
  detail: 'The credential that was shown is malformed, expired, revoked or not of this server.',
}) {}

export class AmbiguousCredentials extends failure({
  code: 'ambiguous_credentials',
  status: 400,
  title: 'More than one credential was shown',
  detail: 'Show one credential: either `Authorization` or `X-API-Key`, once.',
}) {}

export class ReauthenticationRequired extends failure({
  code: 'reauthentication_required',
  status: 403,
  title: 'Prove again that it is you',
  detail: 'This call is only allowed shortly after signing in.',
}) {}
