import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, In } from 'typeorm';
import { Clock } from '../common/clock.js';
import { type Recipient, recipientOf } from '../mail/recipient.js';
import { User } from '../users/user.entity.js';

/** A group may have very many members; no key is worth mailing all of them. */
const MOST = 50;

const LIVE = '(expires_at IS NULL OR expires_at > $2)';

/**
 * Indexes: users_pkey, service_accounts_pkey, group_inclusions_pkey, group_members_pkey. The members of a group lie in
 * the order of their ids, so that no more are read of each group than are told.
 */
const ANSWERING = `
  WITH RECURSIVE named AS (
    SELECT responsible_user_id, responsible_group_id FROM service_accounts WHERE id = $1),
  inside(group_id) AS (
    SELECT responsible_group_id FROM named WHERE responsible_group_id IS NOT NULL
    UNION SELECT i.included_id FROM inside g CROSS JOIN LATERAL (
      SELECT included_id FROM group_inclusions WHERE group_id = g.group_id AND ${LIVE} OFFSET 0) AS i),
  answering(id) AS (
    SELECT $1::uuid
    UNION SELECT responsible_user_id FROM named
    UNION SELECT m.user_id FROM inside g CROSS JOIN LATERAL (
      SELECT user_id FROM group_members JOIN users ON users.id = user_id
       WHERE group_id = g.group_id AND ${LIVE} AND is_active AND NOT is_service_account
       ORDER BY user_id LIMIT $3) AS m)
  SELECT u.id FROM answering a JOIN users u ON u.id = a.id
   WHERE u.is_active AND NOT u.is_service_account ORDER BY u.id LIMIT $3`;

/** Who answers for the owner of API keys. */
@Injectable()
export class ResponsibleService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /**
   * Whom to mail about the keys of an owner: a person herself; of a service account whoever is responsible for it, or
   * the active members of the group that is, through groups in it as well, at most 50. Nobody, where they are gone.
   */
  async recipientsOf(
    ownerId: string,
    manager: EntityManager = this.dataSource.manager,
  ): Promise<readonly Recipient[]> {
    const values = [ownerId, this.clock.now(), MOST];
    const rows = await manager.query<{ id: string }[]>(ANSWERING, values);
    const people = await manager.getRepository(User).find({
      where: { id: In(rows.map(({ id }) => id)) }, // users_pkey
      order: { id: 'ASC' },
    });
    return people.map(recipientOf);
  }
}
