import { failure } from '../common/failure.js';

export class UserNotActive extends failure({
  code: 'user_not_active',
  status: 409,
  title: 'The account is not active',
  detail: 'Its owner could not sign in, whatever the password. Activate the account first.',
}) {}
