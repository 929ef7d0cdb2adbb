import { Injectable } from '@nestjs/common';
import type { EntityManager, ObjectLiteral, SelectQueryBuilder } from 'typeorm';
import { known, type PermissionName } from '../access/permission-name.js';
import type { Principal } from '../access/principal.js';
import { Clock } from '../common/clock.js';
import { type Page, type PageQuery } from '../common/paging.js';
import {
  ANONYMOUS,
  HoldingsReaderService,
  type Subject,
} from './holding/holdings-reader.service.js';
import { type Holdings, lasts, type Until } from './holding/holdings.js';
import { HoldingsService } from './holding/holdings.service.js';
import { ObjectGrantsService } from './holding/object-grants.service.js';
import { type Reach, VisibleService } from './visible.service.js';

/** Who asks; undefined: somebody who is not signed in. */
export type Asker =
  | (Pick<Principal, 'user' | 'scopes'> & Partial<Pick<Principal, 'via' | 'twoFactorAt'>>)
  | undefined;

/**
 * The one question of all authorization, and the same rule for lists: scopes only narrow; a superuser may; a
 * permission on the kind of thing, own or through a group, covers every object of it; a grant covers one. Whoever is
 * not active is nobody, and does not get as far as here.
 */
@Injectable()
export class PermissionsService {
  constructor(
    private readonly holdings: HoldingsService,
    private readonly reader: HoldingsReaderService,
    private readonly grants: ObjectGrantsService,
    private readonly seen: VisibleService,
    private readonly clock: Clock,
  ) {}

  /**
   * @param objectId without it: whether it is held on every object.
   * @throws UnknownPermission rather than to say no to a misspelt name.
   */
  async allows(asker: Asker, permission: PermissionName, objectId?: string): Promise<boolean> {
    const remembered = this.peek(asker, permission, objectId);
    if (remembered !== undefined) return remembered;
    const holdings = await this.holdings.find(asker?.user.id);
    if (this.holds(holdings, permission)) return true;
    if (objectId === undefined) return false;
    const grants = await this.grants.find(asker?.user.id, objectId, holdings);
    return lasts(grants.get(permission), this.clock.millis());
  }

  /** The same of something that would be in a list: what `visible` leaves out is not there. */
  async sees(asker: Asker, permission: PermissionName, objectId: string): Promise<boolean> {
    if (!(await this.seen.isInHand(asker, permission))) return false;
    return this.allows(asker, permission, objectId);
  }

  /** All of them, of which there must be one at least. */
  async allowsAll(
    asker: Asker,
    permissions: readonly PermissionName[],
    objectId?: string,
  ): Promise<boolean> {
    if (permissions.length === 0) {
      throw new Error('Whoever is asked nothing would allow everything');
    }
    for (const permission of permissions) {
      if (!(await this.allows(asker, permission, objectId))) return false;
    }
    return true;
  }

  /** At least one of them. */
  async allowsAny(
    asker: Asker,
    permissions: readonly PermissionName[],
    objectId?: string,
  ): Promise<boolean> {
    for (const permission of permissions) {
      if (await this.allows(asker, permission, objectId)) return true;
    }
    return false;
  }

  /**
   * The first of them that the asker does not hold, by the tables: memory may be of before the locks of a transaction.
   *
   * @param at milliseconds since the epoch beyond which it must be held; now, if nothing is said.
   */
  async missingWithin(
    manager: EntityManager,
    asker: Asker,
    permissions: readonly PermissionName[],
    objectId?: string,
    at: Until = this.clock.millis(),
  ): Promise<PermissionName | undefined> {
    for (const permission of permissions) known(permission);
    const held = await this.heldWithin(manager, asker, objectId);
    return permissions.find((permission) => !lasts(held(permission), at));
  }

  /**
   * Until when the asker holds something, by the tables, read on the connection of this transaction: whoever waits for
   * another connection while he holds one may wait for ever.
   */
  async heldWithin(
    manager: EntityManager,
    asker: Asker,
    objectId?: string,
  ): Promise<(permission: PermissionName) => Until> {
    const inScope = (permission: PermissionName) => !isOutOfScope(asker, permission, objectId);
    if (asker?.user.isSuperuser) return (permission) => (inScope(permission) ? Infinity : 0);
    const holdings = await this.reader.read(subjectOf(asker), manager);
    const grants =
      objectId === undefined
        ? undefined
        : await this.grants.read(asker?.user.id, objectId, holdings, manager);
    return (permission) =>
      inScope(permission)
        ? Math.max(holdings.permissions.get(permission) ?? 0, grants?.get(permission) ?? 0)
        : 0;
  }

  /** The answer, if all that it takes is in memory; undefined: ask `allows`. */
  peek(asker: Asker, permission: PermissionName, objectId?: string): boolean | undefined {
    known(permission);
    if (isOutOfScope(asker, permission, objectId)) return false;
    if (asker?.user.isSuperuser) return true;
    const holdings = this.holdings.peek(asker?.user.id);
    if (holdings === undefined) return undefined;
    if (this.holds(holdings, permission)) return true;
    return objectId !== undefined && this.peekGrant(asker, permission, { objectId, holdings });
  }

  private peekGrant(
    asker: Asker,
    permission: PermissionName,
    { objectId, holdings }: { readonly objectId: string; readonly holdings: Holdings },
  ): boolean | undefined {
    const grants = this.grants.peek(asker?.user.id, objectId, holdings);
    return grants && lasts(grants.get(permission), this.clock.millis());
  }

  /**
   * Narrows a query of a resource to the objects on which the asker holds the permission: the rule of `allows` in
   * SQL. For a list in the order of ids `visiblePage` costs the same however much there is to see.
   */
  async visible<T extends ObjectLiteral>(
    query: SelectQueryBuilder<T>,
    asker: Asker,
    permission: PermissionName,
  ): Promise<SelectQueryBuilder<T>> {
    const reach = await this.reachOf(asker, permission);
    return this.seen.narrow(query, permission, reach);
  }

  /** One page of what the query finds and the asker may see, in the order of ids. It may be short, yet have a next one. */
  async visiblePage<T extends ObjectLiteral & { readonly id: string }>(
    query: SelectQueryBuilder<T>,
    asker: Asker,
    permission: PermissionName,
    page: PageQuery,
  ): Promise<Page<T>> {
    const reach = await this.reachOf(asker, permission);
    return this.seen.page(query, permission, reach, page);
  }

  private async reachOf(asker: Asker, permission: PermissionName): Promise<Reach> {
    const only = asker?.scopes?.objectsOf(permission);
    if (only?.length === 0) return 'nothing';
    if (!(await this.seen.isInHand(asker, permission))) return 'nothing';
    if (await this.allows(unscoped(asker), permission)) return { only };
    const userId = asker?.user.id;
    return { grantee: { userId, holdings: await this.holdings.find(userId) }, only };
  }

  private holds({ permissions }: Holdings, permission: PermissionName): boolean {
    return lasts(permissions.get(permission), this.clock.millis());
  }
}

const isOutOfScope = (asker: Asker, permission: PermissionName, objectId?: string): boolean =>
  asker?.scopes !== undefined && !asker.scopes.covers(permission, objectId);

/** Whom the credential is of. */
const unscoped = (asker: Asker): Asker => asker && { user: asker.user };

const subjectOf = (asker: Asker): Subject =>
  asker === undefined ? ANONYMOUS : { type: 'user', id: asker.user.id };
