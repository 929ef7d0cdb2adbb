import { failure } from '../common/failure.js';

export class TooManyApiKeys extends failure({
  code: 'too_many_api_keys',
  status: 409,
  title: 'There are as many API keys as may be',
  detail:
    'Revoke one that is no longer used. Those that were rotated, are over or revoked do not count.',
}) {}

export class ApiKeyEnded extends failure({
  code: 'api_key_ended',
  status: 409,
  title: 'This API key is over',
  detail: 'It was revoked or has expired, for good. Make a new one.',
}) {}

export class ApiKeyNotInUse extends failure({
  code: 'api_key_not_in_use',
  status: 409,
  title: 'This API key is switched off or not valid yet',
  detail: 'Only one that works can be rotated: nothing depends on another. Make a new one.',
}) {}

export class RotationInProgress extends failure({
  code: 'rotation_in_progress',
  status: 409,
  title: 'This API key is being rotated',
  detail:
    'The old key and the new one both work until the overlap ends. Revoke the old one to end it now; the new one can be rotated after that.',
}) {}
