import { failure } from '../common/failure.js';

export class InvalidToken extends failure({
  code: 'invalid_token',
  status: 401,
  title: 'The credential is not valid',
  detail: 'The credential that was shown is malformed, expired, revoked or not of this server.',
}) {}

export class SessionExpired extends failure({
  code: 'session_expired',
  status: 401,
  title: 'The session is over',
  detail: 'It was not used for too long, or it has reached its end. Sign in again.',
}) {}

export class CsrfFailed extends failure({
  code: 'csrf_failed',
  status: 403,
  title: 'The request may come from a foreign page',
  detail:
    'A call with cookies must come from an allowed origin and carry `X-XSRF-TOKEN`: the token of `GET /v1/auth/csrf`, which is also in the cookie `XSRF-TOKEN`.',
}) {}
