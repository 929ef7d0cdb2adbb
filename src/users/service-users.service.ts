import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../common/clock.js';
import { afterCommit } from '../database/after-commit.js';
import { NewsService } from '../database/news/news.service.js';
import { serviceRow, type UserRow } from './new-user.js';
import { User } from './user.entity.js';

/** What may change of a service account in `users`. */
export interface ServiceUserChanges {
  readonly name: string;
  readonly isActive: boolean;
}

/** The rows of `users` that are no people's: they hold rights and API keys, and nothing else. */
@Injectable()
export class ServiceUsersService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly news: NewsService,
  ) {}

  async create(manager: EntityManager, name: string): Promise<UserRow> {
    const row = serviceRow(name, this.clock.now());
    await manager.getRepository(User).insert(row);
    return row;
  }

  /** Of one that is not active no key opens anything, from the commit on. The caller holds the lock of the row. */
  async change(
    manager: EntityManager,
    id: string,
    { name, isActive }: ServiceUserChanges,
  ): Promise<void> {
    await manager
      .createQueryBuilder()
      .update(User)
      .set({ firstName: name, isActive, updatedAt: this.clock.now() })
      .where('id = :id AND is_service_account', { id }) // users_pkey
      .execute();
    this.announce(manager, id);
  }

  /** With all that hangs on it: its rights, and its keys (`ON DELETE CASCADE`). */
  async remove(manager: EntityManager, id: string): Promise<void> {
    await manager.delete(User, { id, isServiceAccount: true });
    this.announce(manager, id);
  }

  /** Which of these are service accounts. */
  async among(ids: readonly string[]): Promise<ReadonlySet<string>> {
    if (ids.length === 0) return new Set();
    const rows = await this.dataSource.query<{ id: string }[]>(
      'SELECT id FROM users WHERE id = ANY($1) AND is_service_account', // users_pkey
      [ids],
    );
    return new Set(rows.map(({ id }) => id));
  }

  /** Other nodes hear it from the database; this one is not to answer before it knows. */
  private announce(manager: EntityManager, id: string): void {
    afterCommit(manager, () => {
      this.news.tell('users', id);
    });
  }
}
