import { definePermissions } from '../access/permission-name.js';

export const userPermissions = definePermissions('users', 'user', {
  extra: ['reset_two_factor'],
});
