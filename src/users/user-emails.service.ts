import { Injectable } from '@nestjs/common';
import type { EntityManager, QueryFailedError } from 'typeorm';
import { Clock } from '../common/clock.js';
import { afterCommit } from '../database/after-commit.js';
import { NewsService } from '../database/news/news.service.js';
import { canonicalEmail } from './canonical-email.js';
import { User } from './user.entity.js';
import { EmailTaken } from './users.errors.js';

/** Whose address is whose. Every caller holds the owner's row, and ends the sessions in the same transaction. */
@Injectable()
export class UserEmailsService {
  constructor(
    private readonly clock: Clock,
    private readonly news: NewsService,
  ) {}

  /**
   * Who else holds the address for good: proved, used, or made by an administrator. What was
   * only registered holds nothing.
   */
  async holderOf(
    manager: EntityManager,
    email: string,
    byOtherThan: string,
  ): Promise<User | undefined> {
    const holder = await manager
      .getRepository(User)
      .createQueryBuilder('user')
      .where('user.emailCanonical = :email AND user.id <> :id', {
        email: canonicalEmail(email),
        id: byOtherThan,
      }) // users_email_canonical_key
      .andWhere(`NOT (${MERELY_REGISTERED})`)
      .getOne();
    return holder ?? undefined;
  }

  /** Whether the user is active and her ways in are still those that she has just proved. Locks her row. */
  async isUnchanged(
    manager: EntityManager,
    { id, credentialsChangedAt }: Pick<User, 'id' | 'credentialsChangedAt'>,
  ): Promise<boolean> {
    const found = await manager
      .getRepository(User)
      .createQueryBuilder('user')
      .setLock('for_no_key_update')
      .where('user.id = :id AND user.isActive', { id }) // users_pkey
      .andWhere('user.credentialsChangedAt = :credentialsChangedAt', { credentialsChangedAt })
      .getOne();
    return found !== null;
  }

  /** The address, proved just now, becomes the user's. @throws EmailTaken; the transaction is then lost */
  async change(manager: EntityManager, id: string, email: string): Promise<boolean> {
    return this.set(manager, id, email, 'is_active', {});
  }

  /**
   * Gives the address back that was taken from her. Whoever took it had the password, so it opens nothing any
   * more. A deactivated account gets its address, too, and stays deactivated. @throws EmailTaken
   */
  async restore(manager: EntityManager, id: string, email: string): Promise<boolean> {
    return this.set(manager, id, email, 'TRUE', { passwordHash: null });
  }

  /**
   * Removes the account whose address nobody proved: it was denied, or somebody else has proved the address.
   * One that is used (`EMAIL_VERIFICATION=optional`) goes only where its owner denies it; what an
   * administrator made or closed, never.
   */
  async removeUnproved(
    manager: EntityManager,
    email: string,
    which: 'denied' | 'merely_registered',
  ): Promise<string | undefined> {
    const removed = await manager
      .createQueryBuilder()
      .delete()
      .from(User)
      .where('email_canonical = :email', { email: canonicalEmail(email) })
      .andWhere(which === 'denied' ? UNPROVED : MERELY_REGISTERED)
      .returning('id')
      .execute(); // users_email_canonical_key
    const [row] = removed.raw as { id: string }[];
    if (row) this.announce(manager, row.id);
    return row?.id;
  }

  private async set(
    manager: EntityManager,
    id: string,
    email: string,
    condition: string,
    more: { passwordHash?: null },
  ): Promise<boolean> {
    const now = this.clock.now();
    const emailCanonical = canonicalEmail(email);
    if (emailCanonical === undefined) throw new Error('Not an e-mail address');
    const { affected } = await manager
      .createQueryBuilder()
      .update(User)
      .set({
        ...more,
        email,
        emailCanonical,
        emailVerifiedAt: now,
        updatedAt: now,
        credentialsChangedAt: () =>
          `GREATEST(:now::timestamptz, credentials_changed_at + interval '1 millisecond')`,
      })
      .where('id = :id', { id, now })
      .andWhere(condition)
      .execute()
      .catch(taken);
    this.announce(manager, id);
    return affected === 1;
  }

  private announce(manager: EntityManager, id: string): void {
    afterCommit(manager, () => {
      this.news.tell('users', id);
    });
  }
}

const UNPROVED = 'email_verified_at IS NULL AND is_active AND NOT is_staff AND NOT is_superuser';
const MERELY_REGISTERED = `${UNPROVED} AND last_login_at IS NULL`;

/** users_email_canonical_key decides, whoever comes at the same time. */
function taken(error: unknown): never {
  const { driverError } = error as Partial<QueryFailedError<Error & { constraint?: string }>>;
  if (driverError?.constraint === 'users_email_canonical_key') throw new EmailTaken();
  throw error;
}
