import { Injectable } from '@nestjs/common';
import { definedResources, type PermissionName } from '../../access/permission-name.js';
import type { Principal } from '../../access/principal.js';
import { NotFound } from '../../common/failures.js';
import type { Caller } from '../../common/http/caller.js';
import { type Expiry, RightsService } from '../../permissions/holding/rights.service.js';
import { SourcesService } from '../../permissions/holding/sources.service.js';
import { UsersService } from '../../users/users.service.js';
import { DeskService } from './desk.service.js';
import { type Rights, rightsOf } from './effective.js';
import { FollowUpService } from './follow-up.service.js';

/** What somebody holds on all objects of a kind: tells, gives, takes. */
@Injectable()
export class UserRightsService {
  constructor(
    private readonly desk: DeskService,
    private readonly users: UsersService,
    private readonly sources: SourcesService,
    private readonly rights: RightsService,
    private readonly followUp: FollowUpService,
  ) {}

  /** @throws NotFound */
  async of(userId: string): Promise<Rights> {
    const user = await this.users.get(userId);
    return rightsOf(user, await this.sources.of(user.id), everything());
  }

  /** As far as the credential reaches that was shown. */
  async ofCaller({ user, scopes }: Principal): Promise<Rights> {
    const { id, isSuperuser } = user;
    const holder = { isActive: true, isSuperuser, ...(scopes && { scopes }) };
    return rightsOf(holder, await this.sources.of(id), everything());
  }

  /** Given again, it ends when it is said to now. @throws NotFound, PermissionDenied, BeyondOwnRights */
  async give(
    asker: Principal,
    userId: string,
    { permission, expiresAt }: { permission: PermissionName; expiresAt: Expiry },
    caller: Caller,
  ): Promise<void> {
    await this.desk.edit(asker, userId, async (edit) => {
      this.desk.assertNotOwn(edit);
      await this.desk.assertMayGive(edit, permission);
      const holder = { type: 'user', id: edit.user.id } as const;
      await this.rights.give(edit.manager, holder, permission, expiresAt);
      await this.followUp.record(edit, 'permission_given', caller, {
        permission,
        ...(expiresAt && { expiresAt: expiresAt.toISOString() }),
      });
    });
  }

  /** @throws NotFound where she does not hold it herself; PermissionDenied, BeyondOwnRights */
  async take(
    asker: Principal,
    userId: string,
    permission: PermissionName,
    caller: Caller,
  ): Promise<void> {
    await this.desk.edit(asker, userId, async (edit) => {
      this.desk.assertNotOwn(edit);
      const holder = { type: 'user', id: edit.user.id } as const;
      if (!(await this.rights.take(edit.manager, holder, permission))) throw new NotFound();
      await this.followUp.record(edit, 'permission_taken', caller, { permission });
    });
  }
}

const everything = (): PermissionName[] =>
  definedResources().flatMap(({ permissions }) => Object.values(permissions));
