import type { EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import type { PermissionName } from '../../src/access/permission-name.js';
import { ANONYMOUS_GROUP, Group } from '../../src/permissions/holding/group.entity.js';
import { type Holder, RightsService } from '../../src/permissions/holding/rights.service.js';
import type { TestApp } from './test-app.js';

export const EVERYBODY: Holder = { type: 'group', id: ANONYMOUS_GROUP };

export const userHolder = ({ id }: { readonly id: string }): Holder => ({ type: 'user', id });

/** Gives and takes rights, as an administrator would. */
export class Grants {
  constructor(private readonly test: TestApp) {}

  async someGroup(): Promise<Holder> {
    const id = uuidv7();
    const now = this.test.clock.now();
    const named = { name: id, nameCanonical: id, createdAt: now, updatedAt: now };
    await this.test.database.getRepository(Group).insert({ id, ...named });
    return { type: 'group', id };
  }

  give(holder: Holder, ...permissions: PermissionName[]): Promise<void> {
    return this.each(permissions, (rights, manager, name) => rights.give(manager, holder, name));
  }

  take(holder: Holder, ...permissions: PermissionName[]): Promise<void> {
    return this.each(permissions, (rights, manager, name) => rights.take(manager, holder, name));
  }

  grant(holder: Holder, objectId: string, ...permissions: PermissionName[]): Promise<void> {
    return this.each(permissions, (rights, manager, name) =>
      rights.grant(manager, holder, name, objectId),
    );
  }

  revoke(holder: Holder, objectId: string, ...permissions: PermissionName[]): Promise<void> {
    return this.each(permissions, (rights, manager, name) =>
      rights.revoke(manager, holder, name, objectId),
    );
  }

  join(group: Holder, user: Holder): Promise<void> {
    return this.test.database.transaction((manager) =>
      this.rights.addMember(manager, group.id, user.id),
    );
  }

  /** Members of the one are members of the other from then on. */
  include(group: Holder, included: Holder): Promise<void> {
    return this.test.database.transaction((manager) =>
      this.rights.include(manager, group.id, included.id),
    );
  }

  /** Every grant there is on this object. */
  async on(objectId: string): Promise<string[]> {
    const rows = await this.test.database.query<{ name: string }[]>(
      `SELECT p.name FROM object_permissions o JOIN permissions p ON p.id = o.permission_id
        WHERE o.object_id = $1 ORDER BY 1`,
      [objectId],
    );
    return rows.map(({ name }) => name);
  }

  private get rights(): RightsService {
    return this.test.app.get(RightsService, { strict: false });
  }

  private each(
    permissions: readonly PermissionName[],
    write: (
      rights: RightsService,
      manager: EntityManager,
      permission: PermissionName,
    ) => Promise<unknown>,
  ): Promise<void> {
    return this.test.database.transaction(async (manager) => {
      for (const permission of permissions) await write(this.rights, manager, permission);
    });
  }
}
