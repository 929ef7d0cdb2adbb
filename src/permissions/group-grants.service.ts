import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { PermissionName } from '../access/permission-name.js';
import { Clock } from '../common/clock.js';
import { CatalogueService } from './catalogue/catalogue.service.js';
import { ANONYMOUS, HoldingsReaderService } from './holding/holdings-reader.service.js';
import { groupsAt, type Holdings, lasts, type Until } from './holding/holdings.js';
import type { Asker } from './permissions.service.js';

/** Something that is held on an object. */
export interface HeldGrant {
  readonly permission: PermissionName;
  readonly objectId: string;
}

/** Permissions by their numbers: on every object, and on single ones. */
interface Extent {
  readonly everywhere: readonly number[];
  readonly onObjects: readonly (readonly [permission: number, objectId: string])[];
}

/** With what somebody answers for a grant: permissions, and groups, that last long enough. */
interface Standing {
  readonly userId: string | null;
  readonly groups: readonly string[];
  /** What the credential may be used for. */
  readonly inScope: Extent;
  /** Of that, what is held on every object. */
  readonly held: Extent;
}

/** Who holds what the asker is measured against: groups, or somebody herself as well. */
export interface Giving {
  readonly userId?: string;
  readonly gives: Holdings;
}

/** What others hold on single objects, against what somebody does. */
@Injectable()
export class GroupGrantsService {
  constructor(
    private readonly reader: HoldingsReaderService,
    private readonly catalogue: CatalogueService,
    private readonly clock: Clock,
  ) {}

  /**
   * Something that they hold and the asker does not, for as long or beyond this moment. What the asker holds
   * through groups counts only if being in them lasts that long: at worst somebody is sent to ask another.
   */
  async missing(
    manager: EntityManager,
    asker: Asker,
    { gives, userId }: Giving,
    at: Until,
  ): Promise<HeldGrant | undefined> {
    if (asker?.user.isSuperuser && asker.scopes === undefined) return undefined;
    const own = await this.standingOf(manager, asker, at);
    const now = this.clock.now();
    // Indexes: object_permissions_group_key and object_permissions_user_key, then object_permissions_user_key and _group_key for each
    const [missing] = await manager.query<{ permission_id: number; object_id: string }[]>(MISSING, [
      groupsAt(gives, now.getTime()),
      now,
      [...this.catalogue.ids().values()],
      own.userId,
      own.groups,
      at === Number.MAX_VALUE ? 'infinity' : new Date(at),
      ...columnsOf(own.held),
      ...columnsOf(own.inScope),
      userId ?? null,
    ]);
    const permission = missing && this.catalogue.nameOf(missing.permission_id);
    return permission && { permission, objectId: missing.object_id };
  }

  private async standingOf(manager: EntityManager, asker: Asker, at: Until): Promise<Standing> {
    const subject = asker ? ({ type: 'user', id: asker.user.id } as const) : ANONYMOUS;
    const own = await this.reader.read(subject, manager);
    const all = [...this.catalogue.ids()];
    const held = all.filter(
      ([name]) => asker?.user.isSuperuser === true || lasts(own.permissions.get(name), at),
    );
    return {
      userId: asker?.user.id ?? null,
      groups: groupsAt(own, at),
      inScope: within(asker, all),
      held: within(asker, held),
    };
  }
}

/** As much of these permissions as the credential may be used for. */
function within(asker: Asker, permissions: readonly (readonly [PermissionName, number])[]): Extent {
  const scoped = permissions.map(([name, id]) => ({ id, only: asker?.scopes?.objectsOf(name) }));
  return {
    everywhere: scoped.filter(({ only }) => only === undefined).map(({ id }) => id),
    onObjects: scoped.flatMap(({ id, only = [] }) =>
      [...only].map((objectId) => [id, objectId] as const),
    ),
  };
}

const columnsOf = ({ everywhere, onObjects }: Extent) => [
  everywhere,
  onObjects.map(([permission]) => permission),
  onObjects.map(([, objectId]) => objectId),
];

/** Whether a grant is within what the parameters from this number on tell of: see `columnsOf`. */
const isWithin = (first: number) => `(given.permission_id = ANY($${first})
  OR (given.permission_id, given.object_id) IN (SELECT * FROM unnest($${first + 1}::integer[], $${first + 2}::uuid[])))`;

const MISSING = `
  SELECT permission_id, object_id FROM object_permissions given
   WHERE (group_id = ANY($1) OR user_id = $13) AND (expires_at IS NULL OR expires_at > $2)
     AND permission_id = ANY($3) AND NOT ${isWithin(7)}
     AND NOT (${isWithin(10)} AND EXISTS (SELECT 1 FROM object_permissions mine
          WHERE mine.permission_id = given.permission_id AND mine.object_id = given.object_id
            AND (mine.user_id = $4 OR mine.group_id = ANY($5))
            AND (mine.expires_at IS NULL OR mine.expires_at >= given.expires_at OR mine.expires_at > $6)))
   LIMIT 1`;
