import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { InvalidToken } from '../../access/access.errors.js';
import {
  type RenewedCookie,
  SessionsService,
  type Whose,
} from '../../sessions/sessions.service.js';
import { UserCredentialsService } from '../../users/user-credentials.service.js';

/** The session in which somebody changes her factors. */
type Own = Required<Pick<Whose, 'userId' | 'sessionId' | 'caller'>>;

/** What a change of factors means for sessions, half-finished sign-ins and trusted devices. */
@Injectable()
export class FactorSessions {
  constructor(
    private readonly credentials: UserCredentialsService,
    private readonly sessions: SessionsService,
  ) {}

  /** @throws InvalidToken if it has ended */
  async expectAlive(
    manager: EntityManager,
    { userId, sessionId }: Pick<Own, 'userId' | 'sessionId'>,
  ): Promise<void> {
    if (!(await this.sessions.lives(manager, userId, sessionId))) throw new InvalidToken();
  }

  /** By the methods of the factor that was just proved. @throws InvalidToken if the session has ended meanwhile */
  async raise(
    manager: EntityManager,
    { userId, sessionId }: Own,
    methods: readonly string[],
  ): Promise<RenewedCookie | undefined> {
    const credentialsChangedAt = await this.credentials.noteNewCredentials(manager, userId);
    const user = { id: userId, credentialsChangedAt };
    const renewal = await this.sessions.renew(sessionId, user, manager, methods);
    if (!renewal.lives) throw new InvalidToken();
    return renewal.cookie;
  }

  async endOthers(manager: EntityManager, own: Own): Promise<void> {
    await this.sessions.endFor('second_factor_changed', own, manager);
  }

  /** All but this one. */
  lower(manager: EntityManager, { userId, sessionId }: Own): Promise<void> {
    return this.sessions.lower(manager, userId, sessionId);
  }

  /** @param hasMore whether she has other factors, by which this session may have been raised */
  async lowerAfterRemoval(
    manager: EntityManager,
    { userId, sessionId }: Own,
    hasMore: boolean,
  ): Promise<void> {
    await this.credentials.noteNewCredentials(manager, userId);
    await this.sessions.lower(manager, userId, hasMore ? sessionId : undefined);
  }
}
