import { failure } from '../common/failure.js';

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
