import { failure } from '../common/failure.js';

export class EmailTaken extends failure({
  code: 'email_taken',
  status: 409,
  title: 'This address already has an account',
  detail: 'Sign in, or ask for a new password.',
}) {}
