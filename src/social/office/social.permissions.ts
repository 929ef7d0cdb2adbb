import { definePermissions } from '../../access/permission-name.js';

export const providerPermissions = definePermissions('social', 'provider');
