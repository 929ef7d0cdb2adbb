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

/** That a group contains another. */
export interface Inclusion {
  readonly groupId: string;
  readonly includedId: string;
}

/** Groups within groups. The members of the one get, or lose, what being in the other gives: the rule is that of members. */
@Injectable()
export class Inclusions {
  constructor(
    private readonly desk: GroupDesk,
    private readonly recipients: Recipients,
    private readonly facts: FactsService,
    private readonly rights: RightsService,
    private readonly authority: AuthorityService,
  ) {}

  /** @throws NotFound, AnonymousGroupFixed, BeyondOwnRights, GroupsInCircle */
  async include(errand: Errand, { groupId, includedId }: Inclusion, until: Expiry): Promise<void> {
    await this.recipients.mustSee(errand.asker, { type: 'group', id: includedId });
    await this.desk.edit(errand, groupId, async (edit) => {
      const { manager, group, asker } = edit;
      if ([groupId, includedId].includes(ANONYMOUS_GROUP)) throw new AnonymousGroupFixed();
      await this.recipients.lockGroup(manager, includedId);
      await this.authority.mayGiveMembership(asker, groupId, manager, until);
      const before = await this.facts.inclusion(manager, groupId, includedId);
      await this.rights.include(manager, groupId, includedId, until);
      await this.desk.record(edit, {
        action: 'group_included',
        subjectId: includedId,
        details: {
          group: groupId,
          name: group.name,
          ...endsOf({ before, after: { expiresAt: until } }),
        },
      });
    });
  }

  /** @throws NotFound, BeyondOwnRights */
  async exclude(errand: Errand, { groupId, includedId }: Inclusion): Promise<void> {
    await this.desk.edit(errand, groupId, async (edit) => {
      const { manager, group, asker } = edit;
      const before = await this.facts.inclusion(manager, groupId, includedId);
      if (before === undefined) throw new NotFound();
      await this.authority.mayGiveMembership(asker, groupId, manager);
      await this.rights.exclude(manager, groupId, includedId);
      await this.desk.record(edit, {
        action: 'group_excluded',
        subjectId: includedId,
        details: { group: groupId, name: group.name, ...endsOf({ before }) },
      });
    });
  }
}
