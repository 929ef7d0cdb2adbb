import { failure } from '../../common/failure.js';

export class PasskeyNotAccepted extends failure({
  code: 'passkey_not_accepted',
  status: 400,
  title: 'The passkey was not accepted',
  detail: 'Ask for new options, and let the authenticator answer those.',
}) {}

export class PasskeyRegistered extends failure({
  code: 'passkey_registered',
  status: 409,
  title: 'This passkey is registered already',
  detail: 'An authenticator makes a new one for each account and each registration.',
}) {}

export class TooManyPasskeys extends failure({
  code: 'too_many_passkeys',
  status: 409,
  title: 'There are as many passkeys as may be',
  detail: 'Remove one that is no longer used.',
}) {}

export class NoPasskey extends failure({
  code: 'no_passkey',
  status: 409,
  title: 'There is no passkey to show',
  detail: 'This account has none. `methods` says what it can show.',
}) {}
