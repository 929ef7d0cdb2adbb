import { failure } from '../common/failure.js';

export class TooManyAttempts extends failure({
  code: 'too_many_attempts',
  status: 429,
  title: 'Too many attempts',
  detail:
    'Nothing was tried. Wait for `Retry-After` seconds; the wait grows with every failure. After very many of them only a new password, by a link that is mailed, opens the account again.',
}) {}

export class TooManyRequests extends failure({
  code: 'too_many_requests',
  status: 429,
  title: 'Too many requests',
  detail:
    'This API key was used as often as it may be for now, and nothing was done. `RateLimit-Policy` says how often that is; wait for `Retry-After` seconds.',
}) {}
