import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Principal } from '../../access/principal.js';
import { ApiKeyOffice, type MadeApiKey } from '../../api-keys/api-key-office.service.js';
import type { KeyErrand } from '../../api-keys/api-key-records.service.js';
import { ApiKeyViews } from '../../api-keys/api-key-views.service.js';
import { ApiKeyDto, type ApiKeyPageDto, IssuedApiKeyDto } from '../../api-keys/api-key.dto.js';
import type {
  ApiKeyChangesDto,
  NewApiKeyDto,
  RotationDto,
} from '../../api-keys/new-api-key.dto.js';
import { Clock } from '../../common/clock.js';
import type { Caller } from '../../common/http/caller.js';
import type { PageQuery } from '../../common/paging.js';
import { EmailNotVerified } from '../../login/login.errors.js';
import type { User } from '../../users/user.entity.js';
import { FactorChanges } from '../two-factor/factor-changes.service.js';
import { ApiKeyMails } from './api-key-mails.service.js';

/** Somebody looks after keys of her own, in a session that lives. */
@Injectable()
export class OwnApiKeys {
  constructor(
    private readonly office: ApiKeyOffice,
    private readonly views: ApiKeyViews,
    private readonly mails: ApiKeyMails,
    private readonly changes: FactorChanges,
    private readonly clock: Clock,
  ) {}

  async list(ownerId: string, page: PageQuery): Promise<ApiKeyPageDto> {
    const { items, nextCursor } = await this.views.page(ownerId, page);
    const now = this.clock.now();
    return { items: items.map((view) => ApiKeyDto.of(view, now)), nextCursor };
  }

  /** @throws EmailNotVerified, ValidationFailed, TooManyApiKeys, InvalidToken */
  make(principal: Principal, wish: NewApiKeyDto, caller: Caller): Promise<IssuedApiKeyDto> {
    return this.proved(principal, async (manager, user) => {
      const made = await this.office.make(manager, errandOf(user, caller), wish);
      await this.mails.made(manager, user, made.view.row, caller);
      return this.shown(made);
    });
  }

  /** @throws NotFound, ApiKeyEnded, InvalidToken */
  change(
    principal: Principal,
    id: string,
    wish: ApiKeyChangesDto,
    caller: Caller,
  ): Promise<ApiKeyDto> {
    return this.changes.within(principal, async (manager, user) => {
      const view = await this.office.change(manager, errandOf(user, caller), id, wish);
      return ApiKeyDto.of(view, this.clock.now());
    });
  }

  /** @throws EmailNotVerified, NotFound, ApiKeyEnded, ApiKeyNotInUse, RotationInProgress, InvalidToken */
  rotate(
    principal: Principal,
    id: string,
    wish: RotationDto,
    caller: Caller,
  ): Promise<IssuedApiKeyDto> {
    return this.proved(principal, async (manager, user) => {
      const made = await this.office.rotate(manager, errandOf(user, caller), id, wish);
      await this.mails.rotated(manager, user, made.view.row, caller);
      return this.shown(made);
    });
  }

  /** @throws NotFound, InvalidToken */
  async revoke(principal: Principal, id: string, caller: Caller): Promise<void> {
    await this.changes.within(principal, (manager, user) =>
      this.office.revoke(manager, errandOf(user, caller), id),
    );
  }

  /** Whoever registered an address that is not hers would else stay in the account of its owner. */
  private proved<T>(
    principal: Principal,
    work: (manager: EntityManager, user: User) => Promise<T>,
  ): Promise<T> {
    return this.changes.within(principal, (manager, user) => {
      if (user.emailVerifiedAt === null) throw new EmailNotVerified();
      return work(manager, user);
    });
  }

  private shown({ view, key }: MadeApiKey): IssuedApiKeyDto {
    return IssuedApiKeyDto.with(view, key, this.clock.now());
  }
}

const errandOf = ({ id }: User, caller: Caller): KeyErrand => ({
  ownerId: id,
  actorId: id,
  caller,
});
