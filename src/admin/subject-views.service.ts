import { Injectable } from '@nestjs/common';
import type { PermissionName } from '../access/permission-name.js';
import { groupPermissions } from '../permissions/holding/group.entity.js';
import type { Holder } from '../permissions/holding/rights.service.js';
import { serviceAccountPermissions } from '../service-accounts/service-accounts.permissions.js';
import { ServiceUsersService } from '../users/service-users.service.js';
import { userPermissions } from '../users/users.permissions.js';

/** What it takes to view somebody. */
export interface View {
  readonly permission: PermissionName;
  readonly objectId: string;
}

/**
 * By which permission those are seen who hold rights. In requests a service account is a `user`; but whoever may view
 * people may not, for that, view service accounts, nor the other way round.
 */
@Injectable()
export class SubjectViews {
  constructor(private readonly services: ServiceUsersService) {}

  async of(subject: Holder): Promise<View> {
    const [view] = await this.ofAll([subject]);
    if (view === undefined) throw new Error('Whoever was asked about is not in the answer');
    return view;
  }

  /** In the order of the subjects, with one query, however many they are. */
  async ofAll(subjects: readonly Holder[]): Promise<View[]> {
    const ids = subjects.filter(({ type }) => type === 'user').map(({ id }) => id);
    const services = await this.services.among(ids);
    return subjects.map(({ type, id }) => {
      if (type === 'group') return { permission: groupPermissions.view, objectId: id };
      const { view } = services.has(id) ? serviceAccountPermissions : userPermissions;
      return { permission: view, objectId: id };
    });
  }
}
