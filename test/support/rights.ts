import type { EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import type { PermissionName } from '../../src/access/permission-name.js';
import { Group } from '../../src/permissions/holding/group.entity.js';
import {
  type Expiry,
  type Holder,
  RightsService,
} from '../../src/permissions/holding/rights.service.js';
import type { TestApp } from './test-app.js';

interface Given {
  readonly type: string;
  readonly id: string;
}

/** Gives and takes rights as the office does, without asking who does it. */
export function rightsOf(test: TestApp) {
  const rights = test.app.get(RightsService, { strict: false });
  const write = <T>(work: (manager: EntityManager) => Promise<T>) =>
    test.database.transaction(work);
  return {
    /** A group of this name, and something that makes it unique. */
    group: async (name = 'group'): Promise<Holder & { readonly name: string }> => {
      const id = uuidv7();
      const now = test.clock.now();
      const full = `${name} ${id}`;
      const named = {
        name: full,
        nameCanonical: full.toLowerCase(),
        createdAt: now,
        updatedAt: now,
      };
      await test.database.getRepository(Group).insert({ id, ...named });
      return { type: 'group', id, name: full };
    },
    give: (holder: Given, permission: PermissionName, until: Expiry = null) =>
      write((manager) => rights.give(manager, holder as Holder, permission, until)),
    take: (holder: Given, permission: PermissionName) =>
      write((manager) => rights.take(manager, holder as Holder, permission)),
    grant: (holder: Given, permission: PermissionName, objectId: string, until: Expiry = null) =>
      write((manager) => rights.grant(manager, holder as Holder, permission, objectId, until)),
    revoke: (holder: Given, permission: PermissionName, objectId: string) =>
      write((manager) => rights.revoke(manager, holder as Holder, permission, objectId)),
    join: (groupId: string, userId: string, until: Expiry = null) =>
      write((manager) => rights.addMember(manager, groupId, userId, until)),
    leave: (groupId: string, userId: string) =>
      write((manager) => rights.removeMember(manager, groupId, userId)),
    include: (groupId: string, includedId: string, until: Expiry = null) =>
      write((manager) => rights.include(manager, groupId, includedId, until)),
  };
}

export type Rights = ReturnType<typeof rightsOf>;
