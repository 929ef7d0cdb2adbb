import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../common/clock.js';
import type { Caller } from '../common/http/caller.js';
import { afterCommit } from '../database/after-commit.js';
import { NewsService } from '../database/news/news.service.js';
import { User } from './user.entity.js';
import { LastSuperuser } from './users.errors.js';

/** Names the lock of superusers who leave: of two at once the second sees that she is the last. */
const LOCK = 7_165_201_994;

/** Users who leave, come back, or are gone. Every caller ends the sessions in the same transaction. */
@Injectable()
export class LeavingUsersService {
  constructor(
    private readonly news: NewsService,
    private readonly audit: AuditService,
    private readonly clock: Clock,
  ) {}

  /**
   * Closes the account for its owner: for as long as she likes, or until it is due to be deleted.
   * Undefined: it was closed already. @throws LastSuperuser
   */
  async leave(
    manager: EntityManager,
    id: string,
    deletion: (user: User) => Date | null,
  ): Promise<User | undefined> {
    const user = await this.lock(manager, id);
    if (user === undefined) return undefined;
    if (user.isSuperuser) await this.assertNotLast(manager, id);
    const now = this.clock.now();
    const left = { leftAt: now, deletionDueAt: deletion(user) };
    await manager
      .createQueryBuilder()
      .update(User)
      .set({ ...left, isActive: false, updatedAt: now })
      .where('id = :id', { id })
      .execute();
    this.announce(manager, id);
    return Object.assign(user, left);
  }

  /** Opens it again, if its owner closed it and it is not due yet. False: there is no such account. */
  async comeBack(
    manager: EntityManager,
    { userId: id, email }: { readonly userId: string; readonly email: string },
    caller: Caller,
  ): Promise<boolean> {
    const now = this.clock.now();
    const user = await manager
      .getRepository(User)
      .createQueryBuilder('user')
      .setLock('for_no_key_update')
      .where('user.id = :id AND user.emailCanonical = :email', { id, email }) // users_pkey
      .andWhere('NOT user.isActive AND user.leftAt IS NOT NULL')
      .andWhere('(user.deletionDueAt IS NULL OR user.deletionDueAt > :now)', { now })
      .getOne();
    if (user === null) return false;
    await manager
      .createQueryBuilder()
      .update(User)
      .set({ isActive: true, leftAt: null, deletionDueAt: null, updatedAt: now })
      .where('id = :id', { id })
      .execute();
    await this.audit.record(manager, {
      action: user.deletionDueAt === null ? 'account_reactivated' : 'deletion_undone',
      outcome: 'success',
      actorId: id,
      subjectId: id,
      caller,
    });
    this.announce(manager, id);
    return true;
  }

  /** One that is due to be deleted, for this transaction alone. Undefined: there is none, or others have them. */
  async takeDue(manager: EntityManager): Promise<User | undefined> {
    const due = await manager
      .getRepository(User)
      .createQueryBuilder('user')
      .where('user.deletionDueAt <= :now', { now: this.clock.now() }) // users_deletion_due
      .orderBy('user.deletionDueAt')
      .limit(1)
      .setLock('pessimistic_write')
      .setOnLocked('skip_locked')
      .getOne();
    return due ?? undefined;
  }

  /** All that belongs to the account goes with it (`ON DELETE CASCADE`). */
  async remove(manager: EntityManager, id: string): Promise<void> {
    await manager.delete(User, { id });
    this.announce(manager, id);
  }

  private async lock(manager: EntityManager, id: string): Promise<User | undefined> {
    const user = await manager
      .getRepository(User)
      .createQueryBuilder('user')
      .setLock('for_no_key_update')
      .where('user.id = :id AND user.isActive', { id }) // users_pkey
      .getOne();
    return user ?? undefined;
  }

  private async assertNotLast(manager: EntityManager, id: string): Promise<void> {
    await manager.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
    const [other] = await manager.query<unknown[]>(
      'SELECT 1 FROM users WHERE is_superuser AND is_active AND id <> $1 LIMIT 1', // users_superusers
      [id],
    );
    if (other === undefined) throw new LastSuperuser();
  }

  private announce(manager: EntityManager, id: string): void {
    afterCommit(manager, () => {
      this.news.tell('users', id);
    });
  }
}
