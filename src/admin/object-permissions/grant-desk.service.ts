import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditService } from '../../audit/audit.service.js';
import { NotFound } from '../../common/failures.js';
import { AuthorityService } from '../../permissions/authority.service.js';
import type { Grant, StoredGrant } from '../../permissions/holding/grant.js';
import { GrantsListService } from '../../permissions/holding/grants-list.service.js';
import { type Expiry, RightsService } from '../../permissions/holding/rights.service.js';
import { doneBy, endsOf, type Errand } from '../errand.js';
import { Recipients } from '../recipients.service.js';

/** A grant that is wanted. */
export interface WantedGrant extends Grant {
  readonly expiresAt: Expiry;
}

/** Writes and removes grants on single objects, one at a time. Whoever gives one, or takes it, holds it on the object. */
@Injectable()
export class GrantDesk {
  constructor(
    private readonly recipients: Recipients,
    private readonly grants: GrantsListService,
    private readonly rights: RightsService,
    private readonly authority: AuthorityService,
    private readonly audit: AuditService,
  ) {}

  /** The object is locked. @throws NotFound, SubjectInactive, BeyondOwnRights */
  async grant(
    manager: EntityManager,
    errand: Errand,
    { expiresAt, ...grant }: WantedGrant,
  ): Promise<StoredGrant> {
    const { subject, permission, objectId } = grant;
    if (subject.type === 'user') await this.recipients.lockActive(manager, subject.id);
    else await this.recipients.lockGroup(manager, subject.id);
    await this.authority.mayGive(errand.asker, [permission], objectId, manager, expiresAt);
    const before = await this.grants.findSame(manager, grant);
    if (before) await this.assertMayTake(manager, errand, before);
    await this.rights.grant(manager, subject, permission, objectId, expiresAt);
    await this.audit.record(manager, {
      action: 'object_permission_granted',
      ...doneBy(errand),
      subjectId: subject.id,
      details: { permission, object: objectId, ...endsOf({ before, after: { expiresAt } }) },
    });
    const stored = await this.grants.findSame(manager, grant);
    if (stored === undefined) throw new Error('A grant that was written is not there');
    return stored;
  }

  /** @throws NotFound, BeyondOwnRights */
  async revoke(manager: EntityManager, errand: Errand, grant: StoredGrant): Promise<void> {
    const { subject, permission, objectId } = grant;
    await this.authority.mayGive(errand.asker, [permission], objectId, manager);
    await this.assertMayTake(manager, errand, grant);
    if (!(await this.rights.revoke(manager, subject, permission, objectId))) throw new NotFound();
    await this.audit.record(manager, {
      action: 'object_permission_revoked',
      ...doneBy(errand),
      subjectId: subject.id,
      details: { permission, object: objectId, ...endsOf({ before: grant }) },
    });
  }

  /** Nobody weakens who stands above them. @throws BeyondOwnRights */
  private async assertMayTake(
    manager: EntityManager,
    { asker }: Errand,
    { subject }: Grant,
  ): Promise<void> {
    if (subject.type !== 'user') return;
    const user = await this.recipients.lockUser(manager, subject.id);
    await this.authority.mayEdit(asker, user, manager);
  }
}
