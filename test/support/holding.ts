import type { PermissionName } from '../../src/access/permission-name.js';
import { RightsService } from '../../src/permissions/holding/rights.service.js';
import type { TestApp } from './test-app.js';

export interface HoldingOf {
  give(userId: string, permission: PermissionName): Promise<void>;
  grant(userId: string, permission: PermissionName, objectId: string): Promise<void>;
}

/** Gives users something to hold, as the server itself does. */
export function holdingOf(test: TestApp): HoldingOf {
  const rights = test.app.get(RightsService, { strict: false });
  const holder = (id: string) => ({ type: 'user', id }) as const;
  return {
    give: (userId, permission) =>
      test.database.transaction((manager) => rights.give(manager, holder(userId), permission)),
    grant: (userId, permission, objectId) =>
      test.database.transaction((manager) =>
        rights.grant(manager, holder(userId), permission, objectId),
      ),
  };
}
