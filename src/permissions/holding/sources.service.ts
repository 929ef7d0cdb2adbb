import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { PermissionName } from '../../access/permission-name.js';
import { Clock } from '../../common/clock.js';
import { CatalogueService } from '../catalogue/catalogue.service.js';
import { chainsOf } from './chains.js';
import { HELD, HoldingsReaderService } from './holdings-reader.service.js';

/** A group, as it is called. */
export interface NamedGroup {
  readonly id: string;
  readonly name: string;
}

/** One of the reasons for which somebody holds a permission. */
export interface Source {
  readonly permission: PermissionName;
  /** Empty: she holds it herself; else from the group that she is in to the one that holds it. */
  readonly through: readonly NamedGroup[];
  /** Null: it does not end by itself. */
  readonly expiresAt: Date | null;
}

interface Fact {
  readonly from: string | null;
  readonly to: string | null;
  readonly permission_id: number | null;
  readonly until: number | null;
}

const MILLIS = `extract(epoch FROM expires_at)::float8 * 1000`;
const LIVE = '(expires_at IS NULL OR expires_at > $3)';

/**
 * Indexes: those of `HELD`, and for what it finds group_inclusions_included_id_idx, group_permissions_pkey. A membership
 * has no `from`, a permission no `to`.
 */
const FACTS = `${HELD}, ids(id) AS (SELECT DISTINCT group_id FROM held)
  SELECT NULL::uuid AS "from", group_id AS "to", NULL::integer AS permission_id, ${MILLIS} AS until
    FROM group_members WHERE user_id = $1 AND ${LIVE}
  UNION ALL SELECT NULL, id, NULL, NULL FROM unnest($2::uuid[]) AS id
  UNION ALL SELECT included_id, group_id, NULL, ${MILLIS} FROM ids JOIN group_inclusions ON included_id = id WHERE ${LIVE}
  UNION ALL SELECT group_id, NULL, permission_id, ${MILLIS} FROM ids JOIN group_permissions ON group_id = id WHERE ${LIVE}
  UNION ALL SELECT NULL, NULL, permission_id, ${MILLIS} FROM user_permissions WHERE user_id = $1 AND ${LIVE}`;

/** Tells from where somebody holds what she holds on all objects of a kind. */
@Injectable()
export class SourcesService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly reader: HoldingsReaderService,
    private readonly catalogue: CatalogueService,
    private readonly clock: Clock,
  ) {}

  /** Every reason, by the name of its permission. */
  async of(userId: string): Promise<Source[]> {
    const facts = await this.dataSource.query<Fact[]>(FACTS, [
      ...this.reader.startOf({ type: 'user', id: userId }),
      this.clock.now(),
    ]);
    const chains = chainsOf(
      facts.flatMap(({ from, to, until }) =>
        from === null && to !== null ? { group: to, until: until ?? Infinity } : [],
      ),
      facts.flatMap(({ from, to, until }) =>
        from !== null && to !== null ? { from, to, until: until ?? Infinity } : [],
      ),
    );
    const names = await this.namesOf([...chains.keys()]);
    return facts
      .flatMap(({ from, permission_id, until }): Source[] => {
        const permission =
          permission_id === null ? undefined : this.catalogue.nameOf(permission_id);
        const chain = from === null ? { groups: [], until: Infinity } : chains.get(from);
        if (permission === undefined || chain === undefined) return [];
        const end = Math.min(until ?? Infinity, chain.until);
        const through = chain.groups.map((id) => ({ id, name: names.get(id) ?? '' }));
        return [{ permission, through, expiresAt: end === Infinity ? null : new Date(end) }];
      })
      .sort((a, b) => (a.permission < b.permission ? -1 : Number(a.permission > b.permission)));
  }

  private async namesOf(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    if (ids.length === 0) return new Map();
    const groups = await this.dataSource.query<NamedGroup[]>(
      'SELECT id, name FROM groups WHERE id = ANY($1)', // groups_pkey
      [ids],
    );
    return new Map(groups.map(({ id, name }) => [id, name]));
  }
}
