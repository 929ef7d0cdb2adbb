import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { canonicalLocale } from '../common/locale.js';
import { SessionsService } from '../sessions/sessions.service.js';
import type { User } from '../users/user.entity.js';
import { UsersService } from '../users/users.service.js';
import { SocialAccountsService } from './accounts/social-accounts.service.js';
import { SocialFollowUp } from './accounts/social-follow-up.service.js';
import { type Arrival, Overtaken } from './arrival.js';

/** What each verdict takes. */
@Injectable()
export class ArrivalParts {
  constructor(
    private readonly users: UsersService,
    private readonly accounts: SocialAccountsService,
    private readonly sessions: SessionsService,
    private readonly followUp: SocialFollowUp,
    private readonly audit: AuditService,
  ) {}

  async create(manager: EntityManager, arrival: Arrival): Promise<string> {
    const { identity, provider, caller } = arrival;
    const { email = '', firstName = '', lastName = '', locale } = identity;
    const language = locale === undefined ? undefined : canonicalLocale(locale);
    const user = await this.users.create(manager, {
      email,
      firstName,
      lastName,
      locale: language ?? null,
      passwordHash: null,
      emailVerified: true,
    });
    if (user === undefined) throw new Overtaken();
    await this.attach(manager, arrival, user.id);
    const about = { actorId: user.id, subjectId: user.id, caller, details: { provider } };
    await this.audit.record(manager, { action: 'registration', outcome: 'success', ...about });
    return user.id;
  }

  /** Whoever registered the address never proved it: nothing of what was attached to the account stays. */
  async takeOver(
    manager: EntityManager,
    arrival: Arrival,
    found: User | undefined,
  ): Promise<string> {
    if (found === undefined) throw new Overtaken();
    const { id, emailCanonical } = found;
    const { caller } = arrival;
    await this.sessions.endFor('password_reset', { userId: id, caller }, manager);
    const anew = await this.users.proveByOther(manager, id, emailCanonical, null);
    if (!anew) throw new Overtaken();
    await this.attach(manager, arrival, id);
    await this.followUp.tookOver(manager, found, arrival);
    return id;
  }

  /** Both sides have verified the address, and the operator lets that decide. */
  async link(manager: EntityManager, arrival: Arrival, found: User | undefined): Promise<string> {
    if (found === undefined) throw new Overtaken();
    if (found.emailVerifiedAt === null) {
      await this.users.markEmailVerified(manager, found.id, found.emailCanonical, arrival.caller);
    }
    await this.attach(manager, arrival, found.id);
    await this.followUp.linked(manager, found, arrival);
    return found.id;
  }

  private async attach(
    manager: EntityManager,
    { providerId, identity }: Arrival,
    userId: string,
  ): Promise<void> {
    const added = await this.accounts.add(manager, userId, providerId, identity);
    if (!added) throw new Overtaken();
  }
}
