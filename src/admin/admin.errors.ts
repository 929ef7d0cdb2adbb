import { failure } from '../common/failure.js';

export class UserNotActive extends failure({
  code: 'user_not_active',
  status: 409,
  title: 'The account is not active',
  detail: 'Its owner could not sign in, whatever the password. Activate the account first.',
}) {}

export class NothingToReset extends failure({
  code: 'no_second_factor_to_reset',
  status: 409,
  title: 'The account has no second factor',
  detail: 'Its owner signs in with the password alone. Perhaps she lost that: mail her a link.',
}) {}

export class ResetPending extends failure({
  code: 'two_factor_reset_pending',
  status: 409,
  title: 'A reset waits already',
  detail: 'It happens when it is due. Stop it before you ask for another one.',
}) {}
