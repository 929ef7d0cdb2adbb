import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { ANONYMOUS_GROUP } from '../../holding/group.entity.js';
import { RightsService } from '../../holding/rights.service.js';
import { AnonymousGroupFixed } from '../../permissions.errors.js';
import type { Change } from './change.js';

type Of<K extends Change['kind']> = Extract<Change, { readonly kind: K }>;
type Work = {
  readonly [K in Change['kind']]: (manager: EntityManager, change: Of<K>) => Promise<unknown>;
};

/** Makes a change in the tables, as the office would. Only for a transaction that is rolled back: nobody is asked, nothing is told. */
@Injectable()
export class AppliedChangeService {
  readonly #work: Work;

  constructor(rights: RightsService) {
    this.#work = {
      add_member: (manager, { groupId, userId }) => rights.addMember(manager, groupId, userId),
      remove_member: (manager, { groupId, userId }) =>
        rights.removeMember(manager, groupId, userId),
      include_group: (manager, { groupId, includedId }) =>
        rights.include(manager, groupId, includedId),
      exclude_group: (manager, { groupId, includedId }) =>
        rights.exclude(manager, groupId, includedId),
      give_permission: (manager, { subject, permission }) =>
        rights.give(manager, subject, permission),
      take_permission: (manager, { subject, permission }) =>
        rights.take(manager, subject, permission),
      grant_object_permission: (manager, { subject, permission, objectId }) =>
        rights.grant(manager, subject, permission, objectId),
      revoke_object_permission: (manager, { subject, permission, objectId }) =>
        rights.revoke(manager, subject, permission, objectId),
      delete_group: (manager, { groupId }) =>
        manager.query('DELETE FROM groups WHERE id = $1', [groupId]),
      deactivate_user: (manager, { userId }) =>
        manager.query('UPDATE users SET is_active = false WHERE id = $1', [userId]),
      make_superuser: (manager, { userId }) =>
        manager.query('UPDATE users SET is_superuser = true WHERE id = $1', [userId]),
      unmake_superuser: (manager, { userId }) =>
        manager.query('UPDATE users SET is_superuser = false WHERE id = $1', [userId]),
    };
  }

  /** @throws AnonymousGroupFixed, and what the tables refuse. */
  async apply(manager: EntityManager, change: Change): Promise<void> {
    if (movesAnonymous(change)) throw new AnonymousGroupFixed();
    const work = this.#work[change.kind] as (
      manager: EntityManager,
      change: Change,
    ) => Promise<unknown>;
    await work(manager, change);
  }
}

const movesAnonymous = (change: Change): boolean =>
  ('groupId' in change && change.groupId === ANONYMOUS_GROUP) ||
  ('includedId' in change && change.includedId === ANONYMOUS_GROUP);
