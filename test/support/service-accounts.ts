import { v7 as uuidv7 } from 'uuid';
import {
  type ServiceAccountFields,
  ServiceAccountsService,
} from '../../src/service-accounts/service-accounts.service.js';
import type { UserRow } from '../../src/users/new-user.js';
import type { TestApp } from './test-app.js';

/** A service account, without asking who makes it. Nobody answers for it, unless somebody is named. */
export function makeServiceAccount(
  test: TestApp,
  given: Partial<ServiceAccountFields> = {},
): Promise<UserRow> {
  const accounts = test.app.get(ServiceAccountsService, { strict: false });
  return test.database.transaction((manager) =>
    accounts.create(manager, {
      name: `robot ${uuidv7()}`,
      description: '',
      responsible: null,
      ...given,
    }),
  );
}
