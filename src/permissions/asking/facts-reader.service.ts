import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../../common/clock.js';
import { User } from '../../users/user.entity.js';
import { CatalogueService } from '../catalogue/catalogue.service.js';
import { ANONYMOUS_GROUP, Group } from '../holding/group.entity.js';
import { HoldingsReaderService } from '../holding/holdings-reader.service.js';
import type { Holder } from '../holding/rights.service.js';
import type { Link } from './chain.js';
import type { Question, QuestionAbout } from './question.js';

/** Whom a question is about, as she stands in the tables. */
export interface Known {
  readonly name: string;
  readonly isActive: boolean;
  readonly isSuperuser: boolean;
}

/** All that an answer can be explained with, as it was at one moment. */
export interface Facts {
  readonly subject: Known;
  /** Those that have ended included. */
  readonly links: readonly Link[];
  /** A group that holds what is asked for, and does not hold for the subject; null: there is none. */
  readonly holder: string | null;
  /** Of every group in the facts. */
  readonly groupNames: ReadonlyMap<string, string>;
}

interface Row {
  readonly kind: Link['kind'];
  readonly group_id: string | null;
  readonly included_id: string | null;
  readonly expires_at: Date | null;
}

/**
 * Indexes: group_members_user_id_idx, group_inclusions_included_id_idx, user_permissions_pkey, group_permissions_pkey,
 * object_permissions_user_key, object_permissions_group_key.
 */
const LINKS = `
  WITH RECURSIVE above(group_id) AS (
    SELECT group_id FROM group_members WHERE user_id = $1
    UNION SELECT id FROM unnest($2::uuid[]) AS id
    UNION SELECT i.group_id FROM above a JOIN group_inclusions i ON i.included_id = a.group_id)
  SELECT 'membership' AS kind, group_id, NULL::uuid AS included_id, expires_at FROM group_members WHERE user_id = $1
  UNION ALL SELECT 'inclusion', i.group_id, i.included_id, i.expires_at FROM above a
    JOIN group_inclusions i ON i.included_id = a.group_id
  UNION ALL SELECT 'permission', NULL, NULL, expires_at FROM user_permissions
   WHERE user_id = $1 AND permission_id = $3
  UNION ALL SELECT 'permission', p.group_id, NULL, p.expires_at FROM above a
    JOIN group_permissions p ON p.group_id = a.group_id AND p.permission_id = $3
  UNION ALL SELECT 'grant', NULL, NULL, expires_at FROM object_permissions
   WHERE user_id = $1 AND permission_id = $3 AND object_id = $4
  UNION ALL SELECT 'grant', o.group_id, NULL, o.expires_at FROM above a
    JOIN object_permissions o ON o.group_id = a.group_id AND o.permission_id = $3 AND o.object_id = $4
  ORDER BY group_id, included_id`;

/** Indexes: group_permissions_permission_id_group_id_idx, object_permissions_object_idx. */
const HOLDER = `
  SELECT group_id FROM (
    (SELECT group_id FROM group_permissions
      WHERE permission_id = $1 AND (expires_at IS NULL OR expires_at > $4) AND group_id <> ALL($3)
      ORDER BY group_id LIMIT 1)
    UNION ALL (SELECT group_id FROM object_permissions
      WHERE object_id = $2 AND user_id IS NULL AND permission_id = $1
        AND (expires_at IS NULL OR expires_at > $4) AND group_id <> ALL($3)
      ORDER BY group_id LIMIT 1)) AS holder LIMIT 1`;

/** Reads what an answer rests on, from the tables: the truth, at one moment. */
@Injectable()
export class FactsReaderService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly catalogue: CatalogueService,
    private readonly holdings: HoldingsReaderService,
  ) {}

  /** Undefined: there is no such subject. */
  read(question: QuestionAbout): Promise<Facts | undefined> {
    return this.dataSource.transaction('REPEATABLE READ', async (manager) => {
      const subject = await this.know(question.subject, manager);
      return subject && this.factsAbout(subject, question, manager);
    });
  }

  async know({ type, id }: Holder, manager: EntityManager): Promise<Known | undefined> {
    if (type === 'user') {
      const user = await manager.getRepository(User).findOneBy({ id }); // users_pkey
      return user === null ? undefined : knownAs(user);
    }
    const group = await manager.getRepository(Group).findOneBy({ id }); // groups_pkey
    return group === null
      ? undefined
      : { name: `the group ${group.name}`, isActive: true, isSuperuser: false };
  }

  private async factsAbout(
    subject: Known,
    { subject: who, ...question }: QuestionAbout,
    manager: EntityManager,
  ): Promise<Facts> {
    const [userId, groups] = this.holdings.startOf(who);
    const { permission, objectId = null } = question;
    const permissionId = this.catalogue.idOf(permission);
    const rows = await manager.query<Row[]>(LINKS, [userId, groups, permissionId, objectId]);
    const holder = await this.holderBeside(rows, groups, question, manager);
    const ids = rows.flatMap(({ group_id, included_id }) => [group_id, included_id]);
    return {
      subject,
      links: rows.map(toLink),
      holder,
      groupNames: await namesOf([...ids, ...groups, holder], manager),
    };
  }

  private async holderBeside(
    rows: readonly Row[],
    groups: readonly string[],
    { permission, objectId }: Question,
    manager: EntityManager,
  ): Promise<string | null> {
    const found = await manager.query<{ group_id: string }[]>(HOLDER, [
      this.catalogue.idOf(permission),
      objectId ?? null,
      [ANONYMOUS_GROUP, ...groups, ...new Set(rows.flatMap(({ group_id }) => group_id ?? []))],
      this.clock.now(),
    ]);
    return found[0]?.group_id ?? null;
  }
}

const toLink = ({ kind, group_id, included_id, expires_at }: Row): Link => ({
  kind,
  groupId: group_id,
  includedId: included_id,
  expiresAt: expires_at,
});

const knownAs = ({ firstName, lastName, email, isActive, isSuperuser }: User): Known => ({
  name: `${firstName} ${lastName}`.trim() || email,
  isActive,
  isSuperuser,
});

async function namesOf(
  ids: readonly (string | null)[],
  manager: EntityManager,
): Promise<ReadonlyMap<string, string>> {
  const rows = await manager.query<{ id: string; name: string }[]>(
    'SELECT id, name FROM groups WHERE id = ANY($1)', // groups_pkey
    [[...new Set(ids)]],
  );
  return new Map(rows.map(({ id, name }) => [id, name]));
}
