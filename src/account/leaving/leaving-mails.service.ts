import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { Clock } from '../../common/clock.js';
import type { Caller } from '../../common/http/caller.js';
import { Settings } from '../../config/settings.js';
import { circumstances } from '../../mail/circumstances.js';
import { Mailer } from '../../mail/mailer.js';
import { recipientOf } from '../../mail/recipient.js';
import { AccountLimits } from '../../rate-limits/account-limits.service.js';
import { canonicalEmail } from '../../users/canonical-email.js';
import { lockUser } from '../../users/lock-user.js';
import type { User } from '../../users/user.entity.js';
import type { TokenPurpose } from '../proof/one-time-token.entity.js';
import { OneTimeTokensService } from '../proof/one-time-tokens.service.js';

/** Seconds that a link to come back works, unless the account is deleted sooner. */
const COME_BACK_TTL = 86_400;

/**
 * What whoever leaves could still be called back for. The link that undoes a change of the address stays:
 * whoever took over an account may be the one who closes it.
 */
const OVER: readonly TokenPurpose[] = ['verify_email', 'reset_password', 'change_email'];

/**
 * Links to come back that an account is mailed in an hour, whoever asks. Past it the newest one goes on to work:
 * or else whoever closed somebody's account could also see to it that no link opens it again.
 */
const LINKS = { name: 'come-back-links', limit: 3, window: 3600 } as const;

/** What is mailed to those who leave, in the caller's transaction. */
@Injectable()
export class LeavingMailsService {
  constructor(
    private readonly tokens: OneTimeTokensService,
    private readonly mailer: Mailer,
    private readonly limits: AccountLimits,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  /** Nobody has proved the address: there is nobody to wait for. */
  finalAt({ emailVerifiedAt }: User): Date {
    return emailVerifiedAt === null
      ? this.clock.now()
      : this.clock.in(this.settings.keeping.deletionGrace);
  }

  /** Returns when it is final. */
  async confirmDeletion(manager: EntityManager, user: User, caller: Caller): Promise<Date> {
    await this.tokens.withdraw(manager, user.id, OVER);
    const finalAt = user.deletionDueAt ?? this.clock.now();
    const seconds = Math.floor((finalAt.getTime() - this.clock.millis()) / 1000);
    if (seconds <= 0) return finalAt;
    const token = await this.tokens.issue(manager, 'undo_deletion', user, seconds);
    await this.mailer.enqueue(manager, {
      ...recipientOf(user),
      template: 'deletion-requested',
      params: {
        ...this.linkOf(token),
        finalDate: finalAt,
        ...circumstances(caller, this.clock.now()),
      },
    });
    return finalAt;
  }

  async confirmDeactivation(manager: EntityManager, user: User, caller: Caller): Promise<void> {
    await this.tokens.withdraw(manager, user.id, OVER);
    await this.mailer.enqueue(manager, {
      ...recipientOf(user),
      template: 'account-left',
      params: circumstances(caller, this.clock.now()),
    });
  }

  /** Counts one more. Not to be asked within a transaction: it takes a connection of its own. */
  mayOfferWayBack(email: string): Promise<boolean> {
    return this.limits.count(LINKS, canonicalEmail(email) ?? email);
  }

  /**
   * False: this one cannot come back. Whoever holds the mailbox can, though nobody proved the address before: or
   * else a stranger could register it, close the account, and keep its owner out for good.
   */
  async offerWayBack(manager: EntityManager, id: string): Promise<boolean> {
    const user = (await lockUser(manager, id))?.user;
    if (user === undefined || !isClosedByOwner(user)) return false;
    const { deletionDueAt } = user;
    const left = ((deletionDueAt?.getTime() ?? Infinity) - this.clock.millis()) / 1000;
    if (left <= 0) return false;
    // The link of a deletion is replaced by this one: it must not work for a shorter time.
    const expiresIn = deletionDueAt === null ? COME_BACK_TTL : Math.floor(left);
    const token = await this.tokens.issue(manager, 'undo_deletion', user, expiresIn);
    await this.mailer.enqueue(manager, {
      ...recipientOf(user),
      template: 'come-back',
      params: { ...this.linkOf(token), expiresIn },
    });
    return true;
  }

  /** As much work as for somebody who can come back. */
  offerNothing(manager: EntityManager): Promise<void> {
    return this.mailer.enqueueNothing(manager);
  }

  /** The last mail. */
  async sayGoodbye(manager: EntityManager, user: User): Promise<void> {
    if (user.emailVerifiedAt === null) return;
    await this.mailer.enqueue(manager, {
      ...recipientOf(user),
      template: 'account-deleted',
      params: {},
    });
  }

  /** To be called after the commit. */
  wake(): void {
    this.mailer.wake();
  }

  private linkOf(token: string): { link: string; token: string } {
    return { link: this.settings.keeping.undoDeletionUrl.replaceAll('{token}', token), token };
  }
}

const isClosedByOwner = ({ isActive, leftAt }: User): boolean => !isActive && leftAt !== null;
