import { Injectable } from '@nestjs/common';
import { validate as isUuid } from 'uuid';
import type { Principal } from '../../access/principal.js';
import { NotFound } from '../../common/failures.js';
import type { Caller } from '../../common/http/caller.js';
import { SessionsService } from '../../sessions/sessions.service.js';
import { DeskService } from './desk.service.js';
import { FollowUpService } from './follow-up.service.js';

/** Signs somebody out. */
@Injectable()
export class UserSessionsService {
  constructor(
    private readonly desk: DeskService,
    private readonly sessions: SessionsService,
    private readonly followUp: FollowUpService,
  ) {}

  /** @throws NotFound, PermissionDenied, BeyondOwnRights */
  async endAll(asker: Principal, userId: string, caller: Caller): Promise<void> {
    await this.desk.edit(asker, userId, async (edit) => {
      const whose = { userId: edit.user.id, caller };
      const ended = await this.sessions.endFor('ended_by_administrator', whose, edit.manager);
      if (ended > 0) await this.followUp.record(edit, 'sessions_ended', caller, { ended });
    });
  }

  /** @throws NotFound also where it is the session of somebody else */
  async end(
    asker: Principal,
    { userId, sessionId }: { readonly userId: string; readonly sessionId: string },
    caller: Caller,
  ): Promise<void> {
    await this.desk.edit(asker, userId, async (edit) => {
      if (!isUuid(sessionId)) throw new NotFound();
      const whose = { userId: edit.user.id, sessionId, caller };
      const ended = await this.sessions.endFor('one_ended_by_administrator', whose, edit.manager);
      if (ended === 0) throw new NotFound();
      await this.followUp.record(edit, 'session_ended', caller, {
        sessionId: sessionId.toLowerCase(),
      });
    });
  }
}
