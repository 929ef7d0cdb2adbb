import { isDeepStrictEqual } from 'node:util';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../access/principal.js';
import type { Details } from '../../audit/audit-proofs.js';
import type { Caller } from '../../common/http/caller.js';
import type { Page } from '../../common/paging.js';
import { PermissionsService } from '../../permissions/permissions.service.js';
import { serviceAccountPermissions } from '../../service-accounts/service-accounts.permissions.js';
import {
  fieldsOf,
  type FoundServiceAccount,
  type ServiceAccountFields,
  ServiceAccountsService,
} from '../../service-accounts/service-accounts.service.js';
import { FollowUpService } from '../users/follow-up.service.js';
import { Responsibles } from './responsibles.service.js';
import { ServiceAccountDesk } from './service-account-desk.service.js';
import type {
  NewServiceAccountDto,
  ServiceAccountChangesDto,
  ServiceAccountQuery,
} from './service-account.dto.js';

/** Makes, changes and ends service accounts. */
@Injectable()
export class ServiceAccountsOffice {
  constructor(
    private readonly desk: ServiceAccountDesk,
    private readonly accounts: ServiceAccountsService,
    private readonly responsibles: Responsibles,
    private readonly permissions: PermissionsService,
    private readonly followUp: FollowUpService,
  ) {}

  /** Those that the asker may view. */
  list(
    asker: Principal,
    { name, ...page }: ServiceAccountQuery,
  ): Promise<Page<FoundServiceAccount>> {
    const { view } = serviceAccountPermissions;
    return this.permissions.visiblePage(this.accounts.find(name), asker, view, page);
  }

  /** It holds nothing yet. @throws NotFound, SubjectInactive, AnonymousGroupFixed, ServiceAccountNameTaken */
  create(
    asker: Principal,
    { name, description = '', responsible }: NewServiceAccountDto,
    caller: Caller,
  ): Promise<string> {
    return this.desk.open(asker, serviceAccountPermissions.add, async (edit) => {
      const { manager } = edit;
      await this.responsibles.assertCanBe(manager, edit.asker, responsible);
      const fields = { name, description, responsible };
      const { id } = await this.accounts.create(manager, fields);
      const after = toldOf({ ...fields, isActive: true });
      const deed = { ...edit, user: { id } };
      await this.followUp.record(deed, 'service_account_created', caller, { after });
      return id;
    });
  }

  /**
   * To say of it what is so already changes nothing.
   *
   * @throws NotFound, PermissionDenied, BeyondOwnRights, SubjectInactive, AnonymousGroupFixed, ServiceAccountNameTaken
   */
  async change(
    asker: Principal,
    id: string,
    changes: ServiceAccountChangesDto,
    caller: Caller,
  ): Promise<void> {
    await this.desk.edit(asker, id, async (edit) => {
      const { manager } = edit;
      const before = fieldsOf(await this.accounts.get(id, manager));
      const after = withChanges(before, changes);
      if (isDeepStrictEqual(before, after)) return;
      if (after.responsible !== null && !isDeepStrictEqual(before.responsible, after.responsible)) {
        await this.responsibles.assertCanBe(manager, edit.asker, after.responsible);
      }
      await this.accounts.change(manager, id, after);
      const details = { before: toldOf(before), after: toldOf(after) };
      await this.followUp.record(edit, 'service_account_changed', caller, details);
    });
  }

  /** @throws NotFound, PermissionDenied, BeyondOwnRights */
  async remove(asker: Principal, id: string, caller: Caller): Promise<void> {
    await this.desk.lay(asker, id, async (edit) => {
      await this.desk.assertMayEdit(edit, serviceAccountPermissions.delete);
      const before = toldOf(fieldsOf(await this.accounts.get(id, edit.manager)));
      await this.accounts.remove(edit.manager, id);
      await this.followUp.record(edit, 'service_account_deleted', caller, { before });
    });
  }
}

const withChanges = (
  before: ServiceAccountFields,
  { name, description, responsible, isActive }: ServiceAccountChangesDto,
): ServiceAccountFields => ({
  name: name ?? before.name,
  description: description ?? before.description,
  responsible: responsible ? { type: responsible.type, id: responsible.id } : before.responsible,
  isActive: isActive ?? before.isActive,
});

/** For the log book. */
const toldOf = ({ responsible, ...plain }: ServiceAccountFields): Details[string] => ({
  ...plain,
  responsible: responsible && `${responsible.type} ${responsible.id}`,
});
