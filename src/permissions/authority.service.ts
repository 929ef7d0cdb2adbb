import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { PermissionName } from '../access/permission-name.js';
import type { Actor } from '../access/principal.js';
import { Clock } from '../common/clock.js';
import { CatalogueService } from './catalogue/catalogue.service.js';
import { HoldingsReaderService } from './holding/holdings-reader.service.js';
import { groupsAt, type Holdings, lasts } from './holding/holdings.js';
import { BeyondOwnRights } from './permissions.errors.js';
import { type Asker, PermissionsService } from './permissions.service.js';

/** Somebody whose account is to be changed. */
export type Edited = Actor;

/**
 * Delegated power: who may use the office at all is a matter of permissions; how far, of this. Nobody gives what
 * they do not hold, to others or to themselves; nobody changes somebody who stands above them.
 */
@Injectable()
export class AuthorityService {
  constructor(
    private readonly permissions: PermissionsService,
    private readonly reader: HoldingsReaderService,
    private readonly catalogue: CatalogueService,
    private readonly clock: Clock,
    private readonly dataSource: DataSource,
  ) {}

  /**
   * Whether the asker holds what is to be given: on every object, or on this one. Within a transaction pass its
   * manager.
   *
   * @throws BeyondOwnRights
   */
  async mayGive(
    asker: Asker,
    permissions: readonly PermissionName[],
    objectId?: string,
    manager = this.dataSource.manager,
  ): Promise<void> {
    const missing = await this.permissions.missingWithin(manager, asker, permissions, objectId);
    if (missing === undefined) return;
    throw new BeyondOwnRights({ detail: `You do not hold \`${missing}\` yourself.` });
  }

  /**
   * Above is who is a superuser, or staff, where the asker is not, and who holds on all objects of a kind what the
   * asker does not. Single grants do not count: whoever has made something holds it.
   *
   * @throws BeyondOwnRights
   */
  async mayEdit(
    asker: Asker,
    { id, isSuperuser, isStaff }: Edited,
    manager?: EntityManager,
  ): Promise<void> {
    const own = asker?.user ?? { isSuperuser: false, isStaff: false };
    if (isSuperuser && !own.isSuperuser) {
      throw new BeyondOwnRights({ detail: 'Only superusers change superusers.' });
    }
    if (isStaff && !(own.isStaff || own.isSuperuser)) {
      throw new BeyondOwnRights({ detail: 'Only staff changes staff.' });
    }
    const { permissions } = await this.reader.read({ type: 'user', id }, manager);
    await this.mayGive(asker, this.lasting(permissions), undefined, manager);
  }

  /** Whether the asker holds all that membership gives: of the group and of those that contain it. @throws BeyondOwnRights */
  async mayGiveMembership(asker: Asker, groupId: string, manager?: EntityManager): Promise<void> {
    const holdings = await this.reader.read({ type: 'group', id: groupId }, manager);
    await this.mayGive(asker, this.lasting(holdings.permissions), undefined, manager);
    await this.mayGiveGrantsOf(asker, holdings, manager ?? this.dataSource.manager);
  }

  private async mayGiveGrantsOf(asker: Asker, of: Holdings, manager: EntityManager): Promise<void> {
    if (asker === undefined || asker.user.isSuperuser) return;
    const now = this.clock.now();
    const own = await this.reader.read({ type: 'user', id: asker.user.id }, manager);
    // Indexes: object_permissions_group_key, then object_permissions_user_key and _group_key for each
    const [missing] = await manager.query<{ permission_id: number; object_id: string }[]>(
      `SELECT permission_id, object_id FROM object_permissions given
        WHERE group_id = ANY($1) AND (expires_at IS NULL OR expires_at > $5) AND permission_id <> ALL($4)
          AND NOT EXISTS (SELECT 1 FROM object_permissions mine
               WHERE mine.permission_id = given.permission_id AND mine.object_id = given.object_id
                 AND (mine.user_id = $2 OR mine.group_id = ANY($3)) AND (mine.expires_at IS NULL OR mine.expires_at > $5))
        LIMIT 1`,
      [
        groupsAt(of, now.getTime()),
        asker.user.id,
        groupsAt(own, now.getTime()),
        this.lasting(own.permissions).map((name) => this.catalogue.idOf(name)),
        now,
      ],
    );
    if (missing === undefined) return;
    const permission = this.catalogue.nameOf(missing.permission_id) ?? 'something';
    throw new BeyondOwnRights({
      detail: `The group holds \`${permission}\` on ${missing.object_id}, and you do not.`,
    });
  }

  private lasting(permissions: Holdings['permissions']): PermissionName[] {
    const now = this.clock.millis();
    return [...permissions].filter(([, until]) => lasts(until, now)).map(([name]) => name);
  }
}
