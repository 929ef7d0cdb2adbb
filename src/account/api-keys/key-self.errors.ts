import { failure } from '../../common/failure.js';

export class ApiKeyRequired extends failure({
  code: 'api_key_required',
  status: 403,
  title: 'Only with an API key',
  detail:
    'This call tells an API key about itself, and none was shown. `GET /v1/users/me` is about whoever is signed in.',
}) {}
