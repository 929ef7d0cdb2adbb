import { failure } from '../common/failure.js';

export class ServiceAccountNameTaken extends failure({
  code: 'service_account_name_taken',
  status: 409,
  title: 'Another service account has this name',
  detail: 'Upper and lower case, and other ways to write the same letters, make no difference.',
}) {}
