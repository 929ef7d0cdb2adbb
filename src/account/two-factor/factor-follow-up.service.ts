import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { Happening } from '../../audit/audit-event.js';
import { AuditService } from '../../audit/audit.service.js';
import { Clock } from '../../common/clock.js';
import type { Caller } from '../../common/http/caller.js';
import { afterCommit } from '../../database/after-commit.js';
import { circumstances } from '../../mail/circumstances.js';
import { Mailer } from '../../mail/mailer.js';
import { recipientOf } from '../../mail/recipient.js';
import type { User } from '../../users/user.entity.js';

/** Kinds of factors, and what mails call them in every language. */
const FACTORS = { totp: 'Authenticator (TOTP)', passkey: 'Passkey' } as const;

export type FactorKind = keyof typeof FACTORS;

interface Change {
  readonly kind: FactorKind;
  readonly caller: Caller;
}

/** What follows a change of factors: an entry in the log book and a mail to the owner (ASVS 6.3.7). */
@Injectable()
export class FactorFollowUp {
  constructor(
    private readonly audit: AuditService,
    private readonly mailer: Mailer,
    private readonly clock: Clock,
  ) {}

  async added(
    manager: EntityManager,
    user: User,
    { kind, caller }: Change,
    replaced: boolean,
  ): Promise<void> {
    const details = { factor: kind, ...(replaced && { replaced }) };
    await this.record(manager, user, { action: 'second_factor_added', caller, details });
    const params = { factor: FACTORS[kind], ...this.circumstancesOf(caller) };
    const mail = { ...recipientOf(user), template: 'second-factor-added', params } as const;
    await this.mailer.enqueue(manager, mail);
  }

  async removed(manager: EntityManager, user: User, { kind, caller }: Change): Promise<void> {
    const details = { factor: kind };
    await this.record(manager, user, { action: 'second_factor_removed', caller, details });
    const params = { factor: FACTORS[kind], ...this.circumstancesOf(caller) };
    const mail = { ...recipientOf(user), template: 'second-factor-removed', params } as const;
    await this.mailer.enqueue(manager, mail);
  }

  /** Those that come with a factor, of which there is a mail already. */
  firstCodesMade(manager: EntityManager, user: User, caller: Caller): Promise<void> {
    return this.record(manager, user, { action: 'recovery_codes_made', caller });
  }

  async codesMade(manager: EntityManager, user: User, caller: Caller): Promise<void> {
    await this.firstCodesMade(manager, user, caller);
    const params = this.circumstancesOf(caller);
    const mail = { ...recipientOf(user), template: 'recovery-codes-made', params } as const;
    await this.mailer.enqueue(manager, mail);
  }

  private circumstancesOf(caller: Caller): ReturnType<typeof circumstances> {
    return circumstances(caller, this.clock.now());
  }

  private async record(
    manager: EntityManager,
    { id }: User,
    what: Pick<Happening, 'action' | 'caller' | 'details'>,
  ): Promise<void> {
    await this.audit.record(manager, { ...what, outcome: 'success', actorId: id, subjectId: id });
    afterCommit(manager, () => {
      this.mailer.wake();
    });
  }
}
