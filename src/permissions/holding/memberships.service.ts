import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../../common/clock.js';
import { type Page, pageOf, type PageQuery, rowsFor, startOf } from '../../common/paging.js';

/** A group that somebody was put into. */
export interface Membership {
  /** Of the group. */
  readonly id: string;
  readonly name: string;
  readonly since: Date;
  readonly expiresAt: Date | null;
}

/** The groups of a user: those that she was put into, not those that contain them. */
@Injectable()
export class MembershipsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  async of(userId: string, page: PageQuery): Promise<Page<Membership>> {
    // Indexes: group_members_user_id_idx, groups_pkey
    const rows = await this.dataSource.query<Membership[]>(
      `SELECT g.id, g.name, m.created_at AS since, m.expires_at AS "expiresAt"
         FROM group_members m JOIN groups g ON g.id = m.group_id
        WHERE m.user_id = $1 AND (m.expires_at IS NULL OR m.expires_at > $2)
          AND ($3::uuid IS NULL OR m.group_id > $3)
        ORDER BY m.group_id LIMIT $4`,
      [userId, this.clock.now(), startOf(page), rowsFor(page)],
    );
    return pageOf(rows, page);
  }
}
