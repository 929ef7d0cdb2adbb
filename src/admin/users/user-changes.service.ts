import { Injectable } from '@nestjs/common';
import type { Principal } from '../../access/principal.js';
import { RecentProofService } from '../../auth/recent-proof.service.js';
import type { Caller } from '../../common/http/caller.js';
import { BeyondOwnRights } from '../../permissions/permissions.errors.js';
import { SessionsService } from '../../sessions/sessions.service.js';
import { type Managed, ManagedUsersService } from '../../users/managed-users.service.js';
import { LastSuperuser } from '../../users/users.errors.js';
import { DeskService, type Edit } from './desk.service.js';
import { FollowUpService } from './follow-up.service.js';
import { type Changes, changesOf } from './user-changes.js';

/** Changes what somebody is. */
@Injectable()
export class UserChangesService {
  constructor(
    private readonly desk: DeskService,
    private readonly managed: ManagedUsersService,
    private readonly sessions: SessionsService,
    private readonly proofs: RecentProofService,
    private readonly followUp: FollowUpService,
  ) {}

  /** @throws NotFound, PermissionDenied, BeyondOwnRights, LastSuperuser, ReauthenticationRequired */
  async change(asker: Principal, userId: string, wanted: Managed, caller: Caller): Promise<void> {
    await this.desk.lay(asker, userId, async (edit) => {
      const changes = changesOf(edit.user, wanted);
      // Whoever was a superuser when she asked is told so, also where another one was quicker and demoted her.
      if (asker.user.isSuperuser) await this.assertOneIsLeft(edit, changes.changed);
      await this.desk.assertMayEdit(edit);
      this.assertMaySetFlags(edit, changes.changed);
      if (Object.keys(changes.changed).length > 0) await this.apply(edit, changes, caller);
    });
  }

  private async assertOneIsLeft({ manager, user }: Edit, changed: Managed): Promise<void> {
    if (changed.isActive !== false && changed.isSuperuser !== false) return;
    if (await this.managed.isLastSuperuser(manager, user)) throw new LastSuperuser();
  }

  private assertMaySetFlags(edit: Edit, changed: Managed): void {
    if (FLAGS.some((flag) => changed[flag] !== undefined)) this.desk.assertNotOwn(edit);
    if (changed.isStaff === undefined && changed.isSuperuser === undefined) return;
    assertMayRaise(edit, changed);
    this.proofs.demand(edit.asker);
  }

  private async apply(edit: Edit, changes: Changes, caller: Caller): Promise<void> {
    const { manager, user } = edit;
    const { changed, before, after } = changes;
    if (changed.isActive === false) {
      await this.sessions.endFor('user_deactivated', { userId: user.id, caller }, manager);
    }
    await this.managed.change(manager, user.id, changed);
    await this.followUp.record(edit, 'user_changed', caller, { before, after });
    if (changed.isActive !== undefined) await this.followUp.tellActive(edit, changed.isActive);
  }
}

const FLAGS = ['isActive', 'isStaff', 'isSuperuser'] as const;

function assertMayRaise({ asker }: Edit, changed: Managed): void {
  const own = asker.user;
  if (changed.isSuperuser !== undefined && !own.isSuperuser) {
    throw new BeyondOwnRights({ detail: 'Only superusers make superusers.' });
  }
  if (!own.isStaff && !own.isSuperuser) {
    throw new BeyondOwnRights({ detail: 'Only staff makes staff.' });
  }
}
