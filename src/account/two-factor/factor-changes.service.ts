import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { InvalidToken } from '../../access/access.errors.js';
import type { Principal } from '../../access/principal.js';
import type { Caller } from '../../common/http/caller.js';
import { EmailNotVerified } from '../../login/login.errors.js';
import type { RenewedCookie } from '../../sessions/sessions.service.js';
import { lockUser } from '../../users/lock-user.js';
import type { User } from '../../users/user.entity.js';
import { FactorFollowUp, type FactorKind } from './factor-follow-up.service.js';
import { FactorSessions } from './factor-sessions.service.js';
import { FactorSet } from './factor-set.service.js';

/** Who changes her own factors, in which session, and what kind of factor it is about. */
export interface FactorChange {
  readonly principal: Principal;
  readonly caller: Caller;
  readonly kind: FactorKind;
}

/** What the change itself says. It is made while the user is locked; whatever it throws takes all of it back. */
export interface Added {
  /** What it adds to the methods of the session: whoever adds a factor has just proved it. */
  readonly methods: readonly string[];
  /** The secret of another one counts no longer: what was proved by that neither. */
  readonly replaced?: boolean;
}

export interface AddedFactor {
  /** The new cookie of a session that has one. */
  readonly cookie: RenewedCookie | undefined;
  /** To be shown once; undefined: there were some already. */
  readonly recoveryCodes: readonly string[] | undefined;
}

/** What belongs to a change of somebody's factors besides the factor itself, in one transaction with it. */
@Injectable()
export class FactorChanges {
  constructor(
    private readonly dataSource: DataSource,
    private readonly factors: FactorSet,
    private readonly sessions: FactorSessions,
    private readonly followUp: FactorFollowUp,
  ) {}

  /**
   * Raises the session that it happens in. The first factor ends the others: whoever is in them never showed one.
   *
   * @throws EmailNotVerified, InvalidToken
   */
  async add(
    change: FactorChange,
    work: (manager: EntityManager, user: User) => Promise<Added>,
  ): Promise<AddedFactor> {
    return this.within(change.principal, async (manager, user, sessionId) => {
      // Or else whoever registered an address that is not hers would lock its owner out of it.
      if (user.emailVerifiedAt === null) throw new EmailNotVerified();
      const isFirst = !(await this.factors.areAny(manager, user.id));
      const { methods, replaced = false } = await work(manager, user);
      const own = { userId: user.id, sessionId, caller: change.caller };
      const cookie = await this.sessions.raise(manager, own, methods);
      if (isFirst) await this.sessions.endOthers(manager, own);
      if (replaced) await this.sessions.lower(manager, own);
      const recoveryCodes = await this.factors.firstCodes(manager, user.id);
      await this.followUp.added(manager, user, change, replaced);
      if (recoveryCodes) await this.followUp.firstCodesMade(manager, user, change.caller);
      return { cookie, recoveryCodes };
    });
  }

  /**
   * Lowers every session but the one that it happens in, and that one, too, if it was the last factor. The recovery
   * codes go with it.
   *
   * @param work throws if there is no such factor
   * @throws SecondFactorDemanded, InvalidToken
   */
  async remove(
    change: FactorChange,
    work: (manager: EntityManager, user: User) => Promise<void>,
  ): Promise<void> {
    await this.within(change.principal, async (manager, user, sessionId) => {
      await work(manager, user);
      const hasMore = await this.factors.areAny(manager, user.id);
      if (!hasMore) await this.factors.giveUp(manager, user);
      const own = { userId: user.id, sessionId, caller: change.caller };
      await this.sessions.lowerAfterRemoval(manager, own, hasMore);
      await this.followUp.removed(manager, user, change);
    });
  }

  /**
   * Works under the lock of whoever asks. She was let in by what was before she had it: should a first factor have come
   * meanwhile, it has ended her session, and with it all that this session was let in to do.
   *
   * @throws InvalidToken
   */
  async within<T>(
    { user, sessionId }: Principal,
    work: (manager: EntityManager, user: User, sessionId: string) => Promise<T>,
  ): Promise<T> {
    if (sessionId === undefined) throw new InvalidToken();
    return this.dataSource.transaction(async (manager) => {
      const locked = await lockUser(manager, user.id);
      if (!locked?.user.isActive) throw new InvalidToken();
      await this.sessions.expectAlive(manager, { userId: user.id, sessionId });
      return work(manager, locked.user, sessionId);
    });
  }
}
