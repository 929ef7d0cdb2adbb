import { Injectable } from '@nestjs/common';
import type { Principal } from '../../access/principal.js';
import { AuditService } from '../../audit/audit.service.js';
import { PermissionDenied } from '../../common/failures.js';
import type { Caller } from '../../common/http/caller.js';
import { OwnDecisionsService } from '../../permissions/asking/own-decisions.service.js';
import { objectPermissionPermissions } from '../../permissions/holding/object-permission.entity.js';
import type { Holder } from '../../permissions/holding/rights.service.js';
import { SubjectViews } from '../subject-views.service.js';

/** Who may ask about whom: everybody about herself; about others, who may see what others hold, and them. */
@Injectable()
export class InquiriesService {
  constructor(
    private readonly own: OwnDecisionsService,
    private readonly views: SubjectViews,
    private readonly audit: AuditService,
  ) {}

  /** Costs the same number of queries however many they are. @throws PermissionDenied */
  mayAskAbout(asker: Principal, subjects: readonly Holder[], caller: Caller): Promise<void> {
    return this.mayAsk(
      asker,
      subjects.filter((subject) => !isSelf(asker, subject)),
      caller,
    );
  }

  /** The same where scopes do not narrow the answer: to a key with scopes its owner is one of the others. @throws PermissionDenied */
  mayTryOn(asker: Principal, subjects: readonly Holder[], caller: Caller): Promise<void> {
    if (asker.scopes === undefined) return this.mayAskAbout(asker, subjects, caller);
    return this.mayAsk(asker, subjects, caller);
  }

  private async mayAsk(asker: Principal, others: readonly Holder[], caller: Caller): Promise<void> {
    if (others.length === 0) return;
    const views = await this.views.ofAll(others);
    const [mayLook, ...maySee] = await this.own.decide(asker, [
      { permission: objectPermissionPermissions.view },
      ...views,
    ]);
    if (mayLook && maySee.every(Boolean)) return;
    this.note(asker, caller);
    throw new PermissionDenied({
      detail: `About others you may ask if you hold \`${objectPermissionPermissions.view}\` and may view them.`,
    });
  }

  private note({ user }: Principal, caller: Caller): void {
    this.audit.note({
      action: 'access_denied',
      outcome: 'failure',
      actorId: user.id,
      subjectId: user.id,
      caller,
      details: { permission: objectPermissionPermissions.view },
    });
  }
}

export const isSelf = ({ user }: Principal, { type, id }: Holder): boolean =>
  type === 'user' && id === user.id;

/** Herself, unless somebody else is named. */
export const subjectOf = ({ user }: Principal, subject: Holder | undefined): Holder =>
  subject ?? { type: 'user', id: user.id };
