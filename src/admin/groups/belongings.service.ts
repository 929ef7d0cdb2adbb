import { Injectable } from '@nestjs/common';
import { DataSource, type EntityTarget } from 'typeorm';
import { known, type PermissionName } from '../../access/permission-name.js';
import { conditionOf } from '../../access/resource.js';
import type { Page, PageQuery } from '../../common/paging.js';
import { type Belonging, FactsService } from '../../permissions/holding/facts.service.js';
import { Group, groupPermissions } from '../../permissions/holding/group.entity.js';
import { type Asker, PermissionsService } from '../../permissions/permissions.service.js';
import { ServiceAccount } from '../../service-accounts/service-account.entity.js';
import { serviceAccountPermissions } from '../../service-accounts/service-accounts.permissions.js';
import { User } from '../../users/user.entity.js';
import { userPermissions } from '../../users/users.permissions.js';
import { IncludedGroupDto, MemberDto } from './belonging.dto.js';

/** Lists of who is in a group. Whoever may view the group sees who; of whom they may view, also the names. */
@Injectable()
export class BelongingsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly facts: FactsService,
    private readonly permissions: PermissionsService,
  ) {}

  async members(asker: Asker, groupId: string, query: PageQuery): Promise<Page<MemberDto>> {
    const page = await this.facts.members(groupId, query);
    const users = await this.seen(User, asker, userPermissions.view, page.items);
    const services = await this.seen(
      ServiceAccount,
      asker,
      serviceAccountPermissions.view,
      page.items,
    );
    const items = page.items.map((fact) =>
      MemberDto.of(fact, users.get(fact.id) ?? services.get(fact.id)),
    );
    return { ...page, items };
  }

  async included(asker: Asker, groupId: string, query: PageQuery): Promise<Page<IncludedGroupDto>> {
    const page = await this.facts.included(groupId, query);
    const groups = await this.seen(Group, asker, groupPermissions.view, page.items);
    return {
      ...page,
      items: page.items.map((fact) => IncludedGroupDto.of(fact, groups.get(fact.id))),
    };
  }

  /** Those of a page that the asker may view. */
  private async seen<T extends { readonly id: string }>(
    entity: EntityTarget<T>,
    asker: Asker,
    view: PermissionName,
    facts: readonly Belonging[],
  ): Promise<ReadonlyMap<string, T>> {
    const query = this.dataSource
      .getRepository(entity)
      .createQueryBuilder('seen')
      .where('seen.id = ANY(:ids)', { ids: facts.map(({ id }) => id) }) // users_pkey, groups_pkey, service_accounts_pkey
      .andWhere(conditionOf(known(view).name));
    const narrowed = await this.permissions.visible(query, asker, view);
    const found = await narrowed.getMany();
    return new Map(found.map((each) => [each.id, each]));
  }
}
