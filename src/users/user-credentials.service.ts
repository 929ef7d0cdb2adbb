import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { Clock } from '../common/clock.js';
import { afterCommit } from '../database/after-commit.js';
import { NewsService } from '../database/news/news.service.js';
import { laterThanBefore } from './user-columns.js';
import { User } from './user.entity.js';

/** What somebody signs in with: that it was used, and that it is another now. */
@Injectable()
export class UserCredentialsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly news: NewsService,
  ) {}

  /** Replaces a hash by a stronger one of the same password; no change of credentials, ends nothing. */
  async upgradePasswordHash(id: string, old: string | null, upgraded: string): Promise<void> {
    await this.dataSource
      .createQueryBuilder()
      .update(User)
      .set({ passwordHash: upgraded })
      .where('id = :id AND password_hash = :old', { id, old })
      .execute();
  }

  /** False: the user is no longer active, or her credentials changed since they were proved. */
  async noteSignIn(
    manager: EntityManager,
    { id, credentialsChangedAt }: Pick<User, 'id' | 'credentialsChangedAt'>,
    now: Date,
  ): Promise<boolean> {
    const { affected } = await manager
      .createQueryBuilder()
      .update(User)
      .set({ lastLoginAt: now })
      .where('id = :id AND is_active', { id })
      .andWhere('credentials_changed_at = :credentialsChangedAt', { credentialsChangedAt })
      .execute();
    return affected === 1;
  }

  /** A new password: a change of credentials. Returns its time. The caller ends the sessions in the same transaction. */
  async setPassword(manager: EntityManager, id: string, passwordHash: string): Promise<Date> {
    const now = this.clock.now();
    const updated = await manager
      .createQueryBuilder()
      .update(User)
      .set({
        passwordHash,
        credentialsChangedAt: laterThanBefore,
        updatedAt: now,
      })
      .where('id = :id', { id, now })
      .returning('credentials_changed_at')
      .execute();
    // Other nodes hear it from the database; this one is not to answer before it knows.
    afterCommit(manager, () => {
      this.news.tell('users', id);
    });
    const [row] = updated.raw as { credentials_changed_at: Date }[];
    return row?.credentials_changed_at ?? now;
  }

  /**
   * What somebody signs in with has changed other than by a password: a second factor came or went. Whatever was proved
   * by halves is void. Returns its time.
   */
  async noteNewCredentials(manager: EntityManager, id: string): Promise<Date> {
    const now = this.clock.now();
    const updated = await manager
      .createQueryBuilder()
      .update(User)
      .set({ credentialsChangedAt: laterThanBefore, updatedAt: now })
      .where('id = :id', { id, now })
      .returning('credentials_changed_at')
      .execute();
    const [row] = updated.raw as { credentials_changed_at: Date }[];
    return row?.credentials_changed_at ?? now;
  }
}
