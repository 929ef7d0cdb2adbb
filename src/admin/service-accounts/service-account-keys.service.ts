import { Injectable } from '@nestjs/common';
import type { Principal } from '../../access/principal.js';
import { ApiKeyOffice, type MadeApiKey } from '../../api-keys/api-key-office.service.js';
import type { KeyErrand } from '../../api-keys/api-key-records.service.js';
import { type ApiKeyView, ApiKeyViews } from '../../api-keys/api-key-views.service.js';
import type {
  ApiKeyChangesDto,
  NewApiKeyDto,
  RotationDto,
} from '../../api-keys/new-api-key.dto.js';
import type { Caller } from '../../common/http/caller.js';
import type { Page, PageQuery } from '../../common/paging.js';
import { SubjectInactive } from '../../permissions/permissions.errors.js';
import { serviceAccountPermissions } from '../../service-accounts/service-accounts.permissions.js';
import { ServiceAccountsService } from '../../service-accounts/service-accounts.service.js';
import type { Edit } from '../users/desk.service.js';
import { ServiceAccountDesk } from './service-account-desk.service.js';
import { ServiceKeyMails } from './service-key-mails.service.js';

/** Which key of which service account. */
interface KeyOf {
  readonly accountId: string;
  readonly keyId: string;
}

/**
 * Keys of service accounts. Whoever makes one can do all that the account may, and so must hold all of it herself, for
 * as long as the key lasts. Whoever revokes one gains nothing: that the account is not above her is enough.
 */
@Injectable()
export class ServiceAccountKeys {
  constructor(
    private readonly desk: ServiceAccountDesk,
    private readonly accounts: ServiceAccountsService,
    private readonly keys: ApiKeyOffice,
    private readonly views: ApiKeyViews,
    private readonly mails: ServiceKeyMails,
  ) {}

  /** @throws NotFound */
  async list(accountId: string, page: PageQuery): Promise<Page<ApiKeyView>> {
    const { id } = await this.accounts.get(accountId);
    return this.views.page(id, page);
  }

  /** @throws NotFound, PermissionDenied, BeyondOwnRights, SubjectInactive, ValidationFailed, TooManyApiKeys */
  make(
    asker: Principal,
    accountId: string,
    wish: NewApiKeyDto,
    caller: Caller,
  ): Promise<MadeApiKey> {
    return this.manage(asker, accountId, async (edit) => {
      if (!edit.user.isActive) throw new SubjectInactive();
      const made = await this.keys.make(edit.manager, errandOf(edit, caller), wish);
      await this.desk.assertMayActAs(edit, made.view.row.expiresAt);
      await this.mails.tell(edit.manager, 'service-key-made', edit.user, made.view.row);
      return made;
    });
  }

  /** @throws NotFound, PermissionDenied, BeyondOwnRights, ApiKeyEnded */
  change(
    asker: Principal,
    { accountId, keyId }: KeyOf,
    wish: ApiKeyChangesDto,
    caller: Caller,
  ): Promise<ApiKeyView> {
    return this.manage(asker, accountId, async (edit) => {
      const view = await this.keys.change(edit.manager, errandOf(edit, caller), keyId, wish);
      await this.desk.assertMayActAs(edit, view.row.expiresAt);
      return view;
    });
  }

  /**
   * @throws NotFound, PermissionDenied, BeyondOwnRights, SubjectInactive, ValidationFailed, ApiKeyEnded, ApiKeyNotInUse,
   * RotationInProgress
   */
  rotate(
    asker: Principal,
    { accountId, keyId }: KeyOf,
    wish: RotationDto,
    caller: Caller,
  ): Promise<MadeApiKey> {
    return this.manage(asker, accountId, async (edit) => {
      if (!edit.user.isActive) throw new SubjectInactive();
      const made = await this.keys.rotate(edit.manager, errandOf(edit, caller), keyId, wish);
      await this.desk.assertMayActAs(edit, made.view.row.expiresAt);
      await this.mails.tell(edit.manager, 'service-key-rotated', edit.user, made.view.row);
      return made;
    });
  }

  /** @throws NotFound, PermissionDenied, BeyondOwnRights */
  async revoke(asker: Principal, { accountId, keyId }: KeyOf, caller: Caller): Promise<void> {
    await this.manage(asker, accountId, (edit) =>
      this.keys.revoke(edit.manager, errandOf(edit, caller), keyId),
    );
  }

  /** What is refused at its end is not done: it is one transaction. */
  private manage<T>(
    asker: Principal,
    accountId: string,
    work: (edit: Edit) => Promise<T>,
  ): Promise<T> {
    return this.desk.lay(asker, accountId, async (edit) => {
      await this.desk.assertMayEdit(edit, serviceAccountPermissions.manage_keys);
      return work(edit);
    });
  }
}

const errandOf = ({ asker, user }: Edit, caller: Caller): KeyErrand => ({
  ownerId: user.id,
  actorId: asker.user.id,
  caller,
});
