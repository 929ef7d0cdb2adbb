import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import { ValidationFailed } from '../../common/failures.js';
import type { Page } from '../../common/paging.js';
import { expiryOf } from '../../permissions/expiry.js';
import type { Grant, StoredGrant } from '../../permissions/holding/grant.js';
import { GrantsListService } from '../../permissions/holding/grants-list.service.js';
import { permissionNamed } from '../../permissions/permission-named.js';
import type { Asker } from '../../permissions/permissions.service.js';
import { Recipients } from '../recipients.service.js';
import type { WantedGrant } from './grant-desk.service.js';
import { GuardedObjects } from './guarded-objects.service.js';
import type { GrantDto, NewGrantDto, ObjectPermissionQuery } from './object-permission.dto.js';

/** Makes of what callers write what the office works with. */
@Injectable()
export class GrantRequests {
  constructor(
    private readonly recipients: Recipients,
    private readonly objects: GuardedObjects,
    private readonly grants: GrantsListService,
    private readonly clock: Clock,
  ) {}

  /** @throws ValidationFailed for a list of everything there is. */
  page(query: ObjectPermissionQuery): Promise<Page<StoredGrant>> {
    const { userId, groupId, objectId, permission } = query;
    if ((userId ?? groupId ?? objectId) === undefined) {
      const message = 'Say whose grants: `userId` or `groupId`; or on what: `objectId`.';
      throw new ValidationFailed({ errors: [{ field: '', code: 'filter_required', message }] });
    }
    const name = permission === undefined ? undefined : permissionNamed(permission);
    return this.grants.page({ userId, groupId, objectId, permission: name }, query);
  }

  /** @throws ValidationFailed */
  named({ subject, permission, object }: GrantDto, place = ''): Grant {
    const name = permissionNamed(permission);
    this.objects.assertKind(name, object.type, place);
    const { type, id } = subject;
    return { subject: { type, id }, permission: name, objectId: object.id };
  }

  /** @throws ValidationFailed, NotFound */
  async wanted(asker: Asker, body: NewGrantDto, place = ''): Promise<WantedGrant> {
    const grant = this.named(body, place);
    const expiresAt = expiryOf(body, this.clock, `${place}expiresAt`);
    await this.recipients.mustSee(asker, grant.subject);
    return { ...grant, expiresAt };
  }

  /** @throws ValidationFailed, NotFound */
  async allWanted(asker: Asker, bodies: readonly NewGrantDto[]): Promise<WantedGrant[]> {
    const wanted: WantedGrant[] = [];
    for (const [i, body] of bodies.entries()) {
      wanted.push(await this.wanted(asker, body, `${String(i)}.`));
    }
    return wanted;
  }
}
