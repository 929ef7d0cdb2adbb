import { Injectable } from '@nestjs/common';
import type { EntityManager, QueryFailedError } from 'typeorm';
import type { AuditAction } from '../audit/audit-actions.js';
import { AuditService } from '../audit/audit.service.js';
import { Clock } from '../common/clock.js';
import type { Caller } from '../common/http/caller.js';
import { afterCommit } from '../database/after-commit.js';
import { NewsService } from '../database/news/news.service.js';
import { canonicalEmail } from './canonical-email.js';
import { lockUser } from './lock-user.js';
import { User } from './user.entity.js';
import { EmailTaken } from './users.errors.js';

/** Whose address is whose. Every caller holds the owner's row, and ends the sessions in the same transaction. */
@Injectable()
export class UserEmailsService {
  constructor(
    private readonly clock: Clock,
    private readonly news: NewsService,
    private readonly audit: AuditService,
  ) {}

  /**
   * Somebody who has just proved that it is her wishes for another address. Locks her row. Undefined: she is
   * not active any more, or her ways in changed since she proved one. Who holds the address is for its mail
   * alone to say.
   */
  async wish(
    manager: EntityManager,
    proved: Pick<User, 'id' | 'credentialsChangedAt'>,
    email: string,
    caller: Caller,
  ): Promise<{ readonly holder: User | undefined } | undefined> {
    const { id, credentialsChangedAt } = proved;
    const now = await lockUser(manager, id);
    if (!now?.user.isActive) return undefined;
    if (now.user.credentialsChangedAt.getTime() !== credentialsChangedAt.getTime()) {
      return undefined;
    }
    await this.record(manager, 'email_change_requested', id, caller);
    return { holder: await this.holderOf(manager, email, id) };
  }

  /** Who else holds the address for good: proved, used, or made by an administrator. */
  private async holderOf(
    manager: EntityManager,
    email: string,
    id: string,
  ): Promise<User | undefined> {
    const holder = await manager
      .getRepository(User)
      .createQueryBuilder('user')
      .where('user.emailCanonical = :email', { email: canonicalEmail(email) }) // users_email_canonical_key
      .andWhere('user.id <> :id', { id })
      .andWhere(`NOT (${MERELY_REGISTERED})`)
      .getOne();
    return holder ?? undefined;
  }

  /** The address, proved just now, becomes the user's. @throws EmailTaken; the transaction is then lost */
  async change(
    manager: EntityManager,
    id: string,
    email: string,
    caller: Caller,
  ): Promise<boolean> {
    await this.record(manager, 'email_changed', id, caller);
    return this.set(manager, id, email, { mayBeInactive: false });
  }

  /**
   * Gives the address back that was taken from her. Whoever took it had the password, so it opens nothing any
   * more. A deactivated account gets its address, too, and stays deactivated. @throws EmailTaken
   */
  async restore(
    manager: EntityManager,
    id: string,
    email: string,
    caller: Caller,
  ): Promise<boolean> {
    await this.record(manager, 'email_change_undone', id, caller);
    return this.set(manager, id, email, { mayBeInactive: true, passwordHash: null });
  }

  /**
   * Removes the account whose address nobody proved: it was denied, or somebody else has proved the address.
   * One that is used (`EMAIL_VERIFICATION=optional`) goes only where the owner of the mailbox denies it or
   * takes her address back, or else a thief could keep it from her so; what an administrator made or closed,
   * never.
   */
  async removeUnproved(
    manager: EntityManager,
    email: string,
    which: keyof typeof REMOVABLE,
    caller: Caller,
  ): Promise<string | undefined> {
    const removed = await manager
      .createQueryBuilder()
      .delete()
      .from(User)
      .where('email_canonical = :email', { email: canonicalEmail(email) })
      .andWhere(REMOVABLE[which])
      .returning('id')
      .execute(); // users_email_canonical_key
    const [row] = removed.raw as { id: string }[];
    if (row === undefined) return undefined;
    this.announce(manager, row.id);
    await this.audit.record(manager, {
      action: which === 'denied' ? 'email_denied' : 'account_deleted',
      outcome: 'success',
      subjectId: row.id,
      caller,
      ...(which !== 'denied' && { details: { reason: 'address_proved_by_another' } }),
    });
    return row.id;
  }

  private async set(
    manager: EntityManager,
    id: string,
    email: string,
    { mayBeInactive, ...more }: { mayBeInactive: boolean; passwordHash?: null },
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
      .where('id = :id AND (is_active OR :mayBeInactive)', { id, now, mayBeInactive })
      .execute()
      .catch(taken);
    this.announce(manager, id);
    return affected === 1;
  }

  private async record(
    manager: EntityManager,
    action: AuditAction,
    id: string,
    caller: Caller,
  ): Promise<void> {
    const whose = { actorId: id, subjectId: id, caller };
    await this.audit.record(manager, { action, outcome: 'success', ...whose });
  }

  private announce(manager: EntityManager, id: string): void {
    afterCommit(manager, () => {
      this.news.tell('users', id);
    });
  }
}

const NEVER_PROVED =
  'email_verified_at IS NULL AND invited_at IS NULL AND NOT is_staff AND NOT is_superuser';
const UNPROVED = `${NEVER_PROVED} AND is_active`;
const MERELY_REGISTERED = `${UNPROVED} AND last_login_at IS NULL`;
const REMOVABLE = {
  denied: UNPROVED,
  merely_registered: MERELY_REGISTERED,
  taken_back: `${NEVER_PROVED} AND (is_active OR left_at IS NOT NULL)`,
} as const;

/** users_email_canonical_key decides, whoever comes at the same time. */
function taken(error: unknown): never {
  const { driverError } = error as Partial<QueryFailedError<Error & { constraint?: string }>>;
  if (driverError?.constraint === 'users_email_canonical_key') throw new EmailTaken();
  throw error;
}
