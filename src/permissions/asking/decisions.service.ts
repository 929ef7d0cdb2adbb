import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../../common/clock.js';
import { Settings } from '../../config/settings.js';
import { PreparedStatement } from '../../database/prepared.js';
import { CatalogueService } from '../catalogue/catalogue.service.js';
import { ANONYMOUS_GROUP } from '../holding/group.entity.js';
import type { QuestionAbout } from './question.js';

const LIVE = '(expires_at IS NULL OR expires_at > $6)';

/**
 * Indexes: group_members_user_id_idx, group_inclusions_included_id_idx, users_pkey, groups_pkey, user_permissions_pkey,
 * group_permissions_pkey, object_permissions_user_key, object_permissions_group_key. Why `OFFSET 0`: see `HELD`.
 */
const decisions = new PreparedStatement<{ place: number }>(
  'permissions.decisions',
  `WITH RECURSIVE asked AS (
     SELECT * FROM unnest($1::text[], $2::uuid[], $3::integer[], $4::uuid[])
       WITH ORDINALITY AS question(type, id, permission_id, object_id, place)),
   subjects AS (SELECT DISTINCT type, id FROM asked),
   held(type, id, group_id) AS (
     SELECT s.type, s.id, m.group_id FROM subjects s JOIN group_members m ON m.user_id = s.id
      WHERE s.type = 'user' AND ${LIVE}
     UNION SELECT type, id, id FROM subjects WHERE type = 'group'
     UNION SELECT s.type, s.id, everybody FROM subjects s CROSS JOIN unnest($5::uuid[]) AS everybody
     UNION SELECT h.type, h.id, i.group_id FROM held h CROSS JOIN LATERAL (
       SELECT group_id FROM group_inclusions WHERE included_id = h.group_id AND ${LIVE} OFFSET 0) AS i)
   SELECT (a.place - 1)::integer AS place FROM asked a
     LEFT JOIN LATERAL (
       SELECT id, is_superuser FROM users WHERE a.type = 'user' AND id = a.id AND is_active OFFSET 0) AS u ON true
     LEFT JOIN LATERAL (SELECT id FROM groups WHERE a.type = 'group' AND id = a.id OFFSET 0) AS g ON true
    WHERE num_nonnulls(u.id, g.id) = 1 AND (
      u.is_superuser
      OR EXISTS (SELECT 1 FROM user_permissions
           WHERE user_id = u.id AND permission_id = a.permission_id AND ${LIVE})
      OR EXISTS (SELECT 1 FROM object_permissions o
           WHERE user_id = u.id AND permission_id = a.permission_id AND o.object_id = a.object_id AND ${LIVE})
      OR EXISTS (SELECT 1 FROM held h CROSS JOIN LATERAL (
             SELECT 1 FROM group_permissions
              WHERE group_id = h.group_id AND permission_id = a.permission_id AND ${LIVE} OFFSET 0) AS p
           WHERE h.type = a.type AND h.id = a.id)
      OR EXISTS (SELECT 1 FROM held h JOIN object_permissions o ON o.group_id = h.group_id
           WHERE h.type = a.type AND h.id = a.id AND permission_id = a.permission_id
             AND o.object_id = a.object_id AND ${LIVE}))`,
);

/** Answers many questions about anybody with one query, from the tables: the truth. */
@Injectable()
export class DecisionsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly settings: Settings,
    private readonly catalogue: CatalogueService,
  ) {}

  /** In the order of the questions. Who does not exist, or is not active, holds nothing. */
  async decide(
    questions: readonly QuestionAbout[],
    manager?: EntityManager,
  ): Promise<readonly boolean[]> {
    if (questions.length === 0) return [];
    const values = [
      questions.map(({ subject }) => subject.type),
      questions.map(({ subject }) => subject.id),
      questions.map(({ permission }) => this.catalogue.idOf(permission)),
      questions.map(({ objectId }) => objectId ?? null),
      this.settings.anonymousPermissions ? [ANONYMOUS_GROUP] : [],
      this.clock.now(),
    ];
    const rows = await (manager === undefined
      ? decisions.run(this.dataSource.manager, values)
      : manager.query<{ place: number }[]>(decisions.text, values));
    const allowed = new Set(rows.map(({ place }) => place));
    return questions.map((_, place) => allowed.has(place));
  }
}
