import { definePermissions } from '../access/permission-name.js';

export const serviceAccountPermissions = definePermissions('service_accounts', 'service_account', {
  extra: ['manage_keys'],
});
