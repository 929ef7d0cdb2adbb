import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { PermissionName } from '../../access/permission-name.js';
import { NotFound, PermissionDenied } from '../../common/failures.js';
import type { Grant, StoredGrant } from '../../permissions/holding/grant.js';
import { GrantsListService } from '../../permissions/holding/grants-list.service.js';
import { objectPermissionPermissions } from '../../permissions/holding/object-permission.entity.js';
import { PermissionsService } from '../../permissions/permissions.service.js';
import { type Errand, renewed } from '../errand.js';
import { GrantDesk, type WantedGrant } from './grant-desk.service.js';
import { GuardedObjects } from './guarded-objects.service.js';

/** Grants on single objects, given and taken in one transaction: all of them, or none. */
@Injectable()
export class GrantsOffice {
  constructor(
    private readonly dataSource: DataSource,
    private readonly permissions: PermissionsService,
    private readonly objects: GuardedObjects,
    private readonly grants: GrantsListService,
    private readonly desk: GrantDesk,
  ) {}

  /**
   * In the order in which they were asked for.
   *
   * @throws NotFound, SubjectInactive, BeyondOwnRights, PermissionDenied
   */
  grant(errand: Errand, wanted: readonly WantedGrant[]): Promise<StoredGrant[]> {
    return this.work(errand, objectPermissionPermissions.add, async (manager, now) => {
      const stored = new Map<WantedGrant, StoredGrant>();
      for (const each of inOneOrder(wanted)) {
        await this.objects.mustSee(now.asker, each, manager);
        await this.objects.lock(manager, each);
        stored.set(each, await this.desk.grant(manager, now, each));
      }
      return wanted.flatMap((each) => stored.get(each) ?? []);
    });
  }

  /** @throws NotFound, BeyondOwnRights, PermissionDenied */
  revoke(errand: Errand, which: Grant | { readonly id: string }): Promise<void> {
    return this.work(errand, objectPermissionPermissions.delete, async (manager, now) => {
      const grant =
        'id' in which
          ? await this.grants.find(manager, which.id)
          : await this.grants.findSame(manager, which);
      if (grant === undefined) throw new NotFound();
      await this.objects.mustSee(now.asker, grant, manager);
      await this.desk.revoke(manager, now, grant);
    });
  }

  /** The door asked what was remembered of who asks; this asks what is. */
  private work<T>(
    errand: Errand,
    demanded: PermissionName,
    work: (manager: EntityManager, errand: Errand) => Promise<T>,
  ): Promise<T> {
    return this.dataSource.transaction(async (manager) => {
      const now = await renewed(errand, manager);
      if (await this.permissions.missingWithin(manager, now.asker, [demanded])) {
        throw new PermissionDenied();
      }
      return work(manager, now);
    });
  }
}

/** Two who write the same grants at once wait for one another instead of for ever. */
const inOneOrder = (wanted: readonly WantedGrant[]): WantedGrant[] =>
  [...wanted].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));

const keyOf = ({ subject, permission, objectId }: Grant): string =>
  `${objectId} ${subject.type} ${subject.id} ${permission}`;
