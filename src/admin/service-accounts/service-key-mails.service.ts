import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { ApiKeyRow } from '../../api-keys/api-key.entity.js';
import { prefixOf } from '../../api-keys/api-key.js';
import { Clock } from '../../common/clock.js';
import { afterCommit } from '../../database/after-commit.js';
import { Mailer } from '../../mail/mailer.js';
import { ResponsibleService } from '../../service-accounts/responsible.service.js';
import type { User } from '../../users/user.entity.js';

/** What they are told who answer for a service account: not who it was, nor from where. */
@Injectable()
export class ServiceKeyMails {
  constructor(
    private readonly responsible: ResponsibleService,
    private readonly mailer: Mailer,
    private readonly clock: Clock,
  ) {}

  /** @param row the new key */
  async tell(
    manager: EntityManager,
    template: 'service-key-made' | 'service-key-rotated',
    account: Pick<User, 'id' | 'firstName'>,
    row: Pick<ApiKeyRow, 'id' | 'environment' | 'expiresAt'>,
  ): Promise<void> {
    const params = {
      account: account.firstName,
      key: prefixOf(row.environment, row.id),
      expires: row.expiresAt,
      when: this.clock.now(),
    };
    for (const recipient of await this.responsible.recipientsOf(account.id, manager)) {
      await this.mailer.enqueue(manager, { ...recipient, template, params });
    }
    afterCommit(manager, () => {
      this.mailer.wake();
    });
  }
}
