import { failure } from '../common/failure.js';

export class RefreshTokenReused extends failure({
  code: 'refresh_token_reused',
  status: 401,
  title: 'The refresh token was used before',
  detail: 'It was shown again too late, so that a thief may hold it: the whole session has ended.',
}) {}
