import { failure } from '../common/failure.js';

export class RefreshTokenReused extends failure({
  code: 'refresh_token_reused',
  status: 401,
  title: 'The refresh token was used before',
  detail: 'It was shown again too late, so that a thief may hold it: the whole session has ended.',
}) {}

export class SessionDataTooLarge extends failure({
  code: 'session_data_too_large',
  status: 413,
  title: 'There is no room for this in the session',
  detail:
    'What is kept beside a session may have 16 KiB. Keep larger things in a table of their own.',
}) {}

export class SessionDataInvalid extends failure({
  code: 'session_data_invalid',
  status: 400,
  title: 'This is no text that can be kept',
  detail: 'What is kept beside a session holds no NUL character and no half of a surrogate pair.',
}) {}
