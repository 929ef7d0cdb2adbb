import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { isDefined, type PermissionName } from '../access/permission-name.js';
import type { Actor } from '../access/principal.js';
import { Clock } from '../common/clock.js';
import { type Giving, GroupGrantsService } from './group-grants.service.js';
import { HoldingsReaderService } from './holding/holdings-reader.service.js';
import { type Holdings, lasts, type Until } from './holding/holdings.js';
import type { Expiry } from './holding/rights.service.js';
import { BeyondOwnRights } from './permissions.errors.js';
import { type Asker, PermissionsService } from './permissions.service.js';

/** Somebody whose account is to be changed. */
export type Edited = Actor;

/**
 * Delegated power: who may use the office at all is a matter of permissions; how far, of this. Nobody gives what
 * they do not hold, or for longer than they hold it, to others or to themselves; nobody changes somebody who stands
 * above them.
 */
@Injectable()
export class AuthorityService {
  constructor(
    private readonly permissions: PermissionsService,
    private readonly reader: HoldingsReaderService,
    private readonly grants: GroupGrantsService,
    private readonly clock: Clock,
    private readonly dataSource: DataSource,
  ) {}

  /**
   * Whether the asker holds what is to be given: on every object, or on this one. Within a transaction pass its
   * manager.
   *
   * @param expiresAt when it is to end, null: never. Absent: it is to be taken, for which holding it now is enough.
   * @throws BeyondOwnRights
   */
  async mayGive(
    asker: Asker,
    permissions: readonly PermissionName[],
    objectId?: string,
    manager = this.dataSource.manager,
    expiresAt?: Expiry,
  ): Promise<void> {
    const at = this.momentBefore(expiresAt);
    const missing = await this.permissions.missingWithin(manager, asker, permissions, objectId, at);
    if (missing !== undefined) throw lacking(missing, expiresAt);
  }

  /**
   * Above is who is a superuser, or staff, where the asker is not, and who holds on all objects of a kind what the
   * asker does not. Single grants do not count: whoever has made something holds it. A key with scopes is no superuser.
   *
   * @throws BeyondOwnRights
   */
  async mayEdit(
    asker: Asker,
    { id, isSuperuser, isStaff }: Edited,
    manager?: EntityManager,
  ): Promise<void> {
    const own = asker?.user ?? { isSuperuser: false, isStaff: false };
    if (isSuperuser && !isAllPowerful(asker)) {
      throw new BeyondOwnRights({ detail: 'Only superusers change superusers.' });
    }
    if (isStaff && !(own.isStaff || own.isSuperuser)) {
      throw new BeyondOwnRights({ detail: 'Only staff changes staff.' });
    }
    const { permissions } = await this.reader.read({ type: 'user', id }, manager);
    await this.mayGive(asker, this.lasting(permissions), undefined, manager);
  }

  /**
   * Whether the asker holds all that membership gives, of the group and of those that contain it, for as long as it
   * gives that.
   *
   * @param expiresAt as of `mayGive`.
   * @throws BeyondOwnRights
   */
  async mayGiveMembership(
    asker: Asker,
    groupId: string,
    manager = this.dataSource.manager,
    expiresAt?: Expiry,
  ): Promise<void> {
    const gives = await this.reader.read({ type: 'group', id: groupId }, manager);
    await this.assertHoldsAll(asker, { gives }, manager, expiresAt);
  }

  /**
   * Whether the asker holds all that the other does, on single objects, too, for as long as that lasts: whoever makes a
   * key for somebody can do all of it in her name.
   *
   * @param expiresAt when the key ends.
   * @throws BeyondOwnRights
   */
  async mayActAs(
    asker: Asker,
    edited: Edited,
    manager: EntityManager,
    expiresAt: Expiry,
  ): Promise<void> {
    await this.mayEdit(asker, edited, manager);
    const gives = await this.reader.read({ type: 'user', id: edited.id }, manager);
    await this.assertHoldsAll(asker, { gives, userId: edited.id }, manager, expiresAt);
  }

  private async assertHoldsAll(
    asker: Asker,
    giving: Giving,
    manager: EntityManager,
    expiresAt: Expiry | undefined,
  ): Promise<void> {
    const at = this.momentBefore(expiresAt);
    const { permissions } = giving.gives;
    const held = await this.permissions.heldWithin(manager, asker);
    const missing = this.lasting(permissions).find(
      (name) => !lasts(held(name), Math.min(at, (permissions.get(name) ?? 0) - 1)),
    );
    if (missing !== undefined) throw lacking(missing, expiresAt);
    const granted = await this.grants.missing(manager, asker, giving, at);
    if (granted === undefined) return;
    throw new BeyondOwnRights({
      detail: `${giving.userId === undefined ? 'The group' : 'The account'} holds \`${granted.permission}\` on ${granted.objectId}, and you do not${soLong(expiresAt)}.`,
    });
  }

  /** What is held beyond it lasts for as long as what ends then. */
  private momentBefore(expiresAt: Expiry | undefined): Until {
    if (expiresAt === null) return Number.MAX_VALUE;
    return expiresAt === undefined ? this.clock.millis() : expiresAt.getTime() - 1;
  }

  private lasting(permissions: Holdings['permissions']): PermissionName[] {
    const now = this.clock.millis();
    return [...permissions]
      .filter(([name, until]) => isDefined(name) && lasts(until, now))
      .map(([name]) => name);
  }
}

const isAllPowerful = (asker: Asker): boolean =>
  asker?.user.isSuperuser === true && asker.scopes === undefined;

const lacking = (permission: PermissionName, expiresAt: Expiry | undefined) =>
  new BeyondOwnRights({
    detail: `You do not hold \`${permission}\` yourself${soLong(expiresAt)}.`,
  });

const soLong = (expiresAt: Expiry | undefined) =>
  expiresAt === undefined ? '' : ', or not for so long';
