import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { PermissionName } from '../access/permission-name.js';
import { Clock } from '../common/clock.js';
import { CatalogueService } from './catalogue/catalogue.service.js';
import { ANONYMOUS, HoldingsReaderService } from './holding/holdings-reader.service.js';
import { groupsAt, type Holdings, lasts, type Until } from './holding/holdings.js';
import type { Asker } from './permissions.service.js';

/** Something that a group holds on an object. */
export interface GrantOfGroup {
  readonly permission: PermissionName;
  readonly objectId: string;
}

/** With what somebody answers for a grant: numbers of permissions, and groups, that last long enough. */
interface Standing {
  readonly userId: string | null;
  readonly groups: readonly string[];
  /** Held on every object. */
  readonly everywhere: readonly number[];
  /** Those that the credential may be used for. */
  readonly inScope: readonly number[];
}

/** What groups hold on single objects, against what somebody does. */
@Injectable()
export class GroupGrantsService {
  constructor(
    private readonly reader: HoldingsReaderService,
    private readonly catalogue: CatalogueService,
    private readonly clock: Clock,
  ) {}

  /**
   * Something that the groups hold and the asker does not, for as long or beyond this moment. What the asker holds
   * through groups counts only if being in them lasts that long: at worst somebody is sent to ask another.
   */
  async missing(
    manager: EntityManager,
    asker: Asker,
    gives: Holdings,
    at: Until,
  ): Promise<GrantOfGroup | undefined> {
    if (asker?.user.isSuperuser && asker.scopes === undefined) return undefined;
    const own = await this.standingOf(manager, asker, at);
    const now = this.clock.now();
    // Indexes: object_permissions_group_key, then object_permissions_user_key and _group_key for each
    const [missing] = await manager.query<{ permission_id: number; object_id: string }[]>(MISSING, [
      groupsAt(gives, now.getTime()),
      now,
      [...this.catalogue.ids().values()],
      own.everywhere,
      own.userId,
      own.groups,
      own.inScope,
      at === Number.MAX_VALUE ? 'infinity' : new Date(at),
    ]);
    const permission = missing && this.catalogue.nameOf(missing.permission_id);
    return permission && { permission, objectId: missing.object_id };
  }

  private async standingOf(manager: EntityManager, asker: Asker, at: Until): Promise<Standing> {
    const subject = asker ? ({ type: 'user', id: asker.user.id } as const) : ANONYMOUS;
    const own = await this.reader.read(subject, manager);
    const inScope = [...this.catalogue.ids()].filter(
      ([name]) => asker?.scopes?.covers(name) ?? true,
    );
    const everywhere = inScope.filter(
      ([name]) => asker?.user.isSuperuser === true || lasts(own.permissions.get(name), at),
    );
    return {
      userId: asker?.user.id ?? null,
      groups: groupsAt(own, at),
      everywhere: everywhere.map(([, id]) => id),
      inScope: inScope.map(([, id]) => id),
    };
  }
}

const MISSING = `
  SELECT permission_id, object_id FROM object_permissions given
   WHERE group_id = ANY($1) AND (expires_at IS NULL OR expires_at > $2)
     AND permission_id = ANY($3) AND permission_id <> ALL($4)
     AND NOT EXISTS (SELECT 1 FROM object_permissions mine
          WHERE mine.permission_id = given.permission_id AND mine.object_id = given.object_id
            AND (mine.user_id = $5 OR mine.group_id = ANY($6)) AND mine.permission_id = ANY($7)
            AND (mine.expires_at IS NULL OR mine.expires_at >= given.expires_at OR mine.expires_at > $8))
   LIMIT 1`;
