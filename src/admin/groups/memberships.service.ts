import { Injectable } from '@nestjs/common';
import { NotFound } from '../../common/failures.js';
import { AuthorityService } from '../../permissions/authority.service.js';
import { FactsService } from '../../permissions/holding/facts.service.js';
import { ANONYMOUS_GROUP } from '../../permissions/holding/group.entity.js';
import { type Expiry, RightsService } from '../../permissions/holding/rights.service.js';
import { AnonymousGroupFixed } from '../../permissions/permissions.errors.js';
import { endsOf, type Errand } from '../errand.js';
import { Recipients } from '../recipients.service.js';
import { GroupDesk } from './group-desk.service.js';

/** A user in a group, from whichever side one comes. */
export interface Membership {
  readonly groupId: string;
  readonly userId: string;
}

/** Who is in a group. Whoever gives that, or takes it, holds all that it gives. */
@Injectable()
export class Memberships {
  constructor(
    private readonly desk: GroupDesk,
    private readonly recipients: Recipients,
    private readonly facts: FactsService,
    private readonly rights: RightsService,
    private readonly authority: AuthorityService,
  ) {}

  /**
   * Adding again changes the expiry alone, which may take something away: whoever stands above the asker keeps theirs.
   *
   * @throws NotFound, SubjectInactive, AnonymousGroupFixed, BeyondOwnRights
   */
  async add(errand: Errand, { groupId, userId }: Membership, expiresAt: Expiry): Promise<void> {
    await this.recipients.mustSee(errand.asker, { type: 'user', id: userId });
    await this.desk.edit(errand, groupId, async (edit) => {
      const { manager, group, asker } = edit;
      if (groupId === ANONYMOUS_GROUP) throw new AnonymousGroupFixed();
      const user = await this.recipients.lockActive(manager, userId);
      await this.authority.mayGiveMembership(asker, groupId, manager, expiresAt);
      const before = await this.facts.member(manager, groupId, userId);
      if (before) await this.authority.mayEdit(asker, user, manager);
      await this.rights.addMember(manager, groupId, userId, expiresAt);
      await this.desk.record(edit, {
        action: 'member_added',
        subjectId: userId,
        details: {
          group: groupId,
          name: group.name,
          ...endsOf({ before, after: { expiresAt } }),
        },
      });
    });
  }

  /** @throws NotFound, BeyondOwnRights */
  async remove(errand: Errand, { groupId, userId }: Membership): Promise<void> {
    await this.desk.edit(errand, groupId, async (edit) => {
      const { manager, group, asker } = edit;
      const before = await this.facts.member(manager, groupId, userId);
      if (before === undefined) throw new NotFound();
      const user = await this.recipients.lockUser(manager, userId);
      await this.authority.mayGiveMembership(asker, groupId, manager);
      await this.authority.mayEdit(asker, user, manager);
      await this.rights.removeMember(manager, groupId, userId);
      await this.desk.record(edit, {
        action: 'member_removed',
        subjectId: userId,
        details: { group: groupId, name: group.name, ...endsOf({ before }) },
      });
    });
  }
}
