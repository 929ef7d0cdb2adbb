import { failure } from '../common/failure.js';

export class InvalidCode extends failure({
  code: 'invalid_code',
  status: 401,
  title: 'The second factor is wrong',
  detail:
    'The code or the assertion is wrong, was used before, or is over. A code of an authenticator app counts once; wait for the next one.',
}) {}
