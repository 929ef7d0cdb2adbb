import { Injectable } from '@nestjs/common';
import { definedResources, type PermissionName } from '../../access/permission-name.js';
import type { Principal } from '../../access/principal.js';
import { NotFound } from '../../common/failures.js';
import type { Caller } from '../../common/http/caller.js';
import { FactsService, type Given } from '../../permissions/holding/facts.service.js';
import { type Expiry, RightsService } from '../../permissions/holding/rights.service.js';
import { SourcesService } from '../../permissions/holding/sources.service.js';
import type { User } from '../../users/user.entity.js';
import { endsOf } from '../errand.js';
import { DeskService, type Edit } from './desk.service.js';
import { type Rights, rightsOf } from './effective.js';
import { FollowUpService } from './follow-up.service.js';

/** What somebody holds on all objects of a kind: tells, gives, takes. */
@Injectable()
export class UserRightsService {
  constructor(
    private readonly desk: DeskService,
    private readonly sources: SourcesService,
    private readonly facts: FactsService,
    private readonly rights: RightsService,
    private readonly followUp: FollowUpService,
  ) {}

  async of(user: User): Promise<Rights> {
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
      await this.desk.assertMayGive(edit, permission, expiresAt);
      const before = await this.given(edit, permission);
      await this.rights.give(edit.manager, holderOf(edit), permission, expiresAt);
      const ends = endsOf({ before, after: { expiresAt } });
      await this.followUp.record(edit, 'permission_given', caller, { permission, ...ends });
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
      const before = await this.given(edit, permission);
      if (before === undefined) throw new NotFound();
      await this.rights.take(edit.manager, holderOf(edit), permission);
      const details = { permission, ...endsOf({ before }) };
      await this.followUp.record(edit, 'permission_taken', caller, details);
    });
  }

  private async given(edit: Edit, permission: PermissionName): Promise<Given | undefined> {
    const given = await this.facts.given(holderOf(edit), edit.manager);
    return given.find((each) => each.permission === permission);
  }
}

const holderOf = ({ user }: Edit) => ({ type: 'user', id: user.id }) as const;

const everything = (): PermissionName[] =>
  definedResources().flatMap(({ permissions }) => Object.values(permissions));
