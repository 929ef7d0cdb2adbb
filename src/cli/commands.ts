import type { Command } from './command.js';
import { afterRestore } from './commands/after-restore.js';
import { apiKeys } from './commands/api-keys.js';
import { audit } from './commands/audit.js';
import { changePassword } from './commands/changepassword.js';
import { check } from './commands/check.js';
import { clearSessions } from './commands/clearsessions.js';
import { createSuperuser } from './commands/createsuperuser.js';
import { keys } from './commands/keys.js';
import { makeResource } from './commands/make-resource.js';
import { migrateDatabase } from './commands/migrate.js';
import { permissions } from './commands/permissions.js';
import { twoFactor } from './commands/two-factor.js';

/** Every command there is, as `--help` lists them. */
export const commands: readonly Command[] = [
  createSuperuser,
  changePassword,
  clearSessions,
  afterRestore,
  keys,
  audit,
  twoFactor,
  apiKeys,
  permissions,
  migrateDatabase,
  check,
  makeResource,
];
