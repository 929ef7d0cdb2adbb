import { failure } from '../common/failure.js';

export class EmailTaken extends failure({
  code: 'email_taken',
  status: 409,
  title: 'This address already has an account',
  detail: 'Sign in, or ask for a new password.',
}) {}

export class NotAPerson extends failure({
  code: 'not_a_person',
  status: 409,
  title: 'This is a service account',
  detail: 'It is never staff and never a superuser, and nobody signs in as it.',
}) {}

export class LastSuperuser extends failure({
  code: 'last_superuser',
  status: 409,
  title: 'This is the last superuser',
  detail: 'Somebody must be left who holds every permission. Make somebody else a superuser first.',
}) {}
