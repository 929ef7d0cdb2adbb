import { failure } from '../common/failure.js';

export class TokenInvalid extends failure({
  code: 'token_invalid',
  status: 400,
  title: 'The link or code is not valid',
  detail:
    'It was used already, is too old, was replaced by a newer one, was tried too often, or was never issued.',
}) {}
