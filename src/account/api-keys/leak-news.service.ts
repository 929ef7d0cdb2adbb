import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { ApiKeyRow } from '../../api-keys/api-key.entity.js';
import { prefixOf } from '../../api-keys/api-key.js';
import { AuditService } from '../../audit/audit.service.js';
import { Clock } from '../../common/clock.js';
import type { Caller } from '../../common/http/caller.js';
import { afterCommit } from '../../database/after-commit.js';
import { circumstances } from '../../mail/circumstances.js';
import { Mailer } from '../../mail/mailer.js';
import { ResponsibleService } from '../../service-accounts/responsible.service.js';
import { foundAt, sourceOf, unlinked } from './found-at.js';
import type { LeakMatchDto } from './leaked-keys.dto.js';

/** Says that a key was leaked: in the log book, and to whoever answers for it. */
@Injectable()
export class LeakNews {
  constructor(
    private readonly audit: AuditService,
    private readonly responsible: ResponsibleService,
    private readonly mailer: Mailer,
    private readonly clock: Clock,
  ) {}

  async tell(
    manager: EntityManager,
    key: ApiKeyRow,
    { url, source }: LeakMatchDto,
    caller: Caller,
  ): Promise<void> {
    const place = foundAt(url);
    await this.audit.record(manager, {
      action: 'api_key_leaked',
      outcome: 'success',
      subjectId: key.userId,
      caller,
      details: {
        apiKeyId: key.id,
        name: key.name,
        foundAt: place ?? null,
        source: sourceOf(source) ?? null,
      },
    });
    await this.mail(manager, key, { place: place && unlinked(place), caller });
  }

  private async mail(
    manager: EntityManager,
    { id, environment, userId }: ApiKeyRow,
    { place, caller }: { readonly place: string | undefined; readonly caller: Caller },
  ): Promise<void> {
    // By how it begins: its name may be the word of somebody who should not be in the account.
    const key = prefixOf(environment, id);
    const params = { key, place, ...circumstances(caller, this.clock.now()) };
    for (const recipient of await this.responsible.recipientsOf(userId, manager)) {
      await this.mailer.enqueue(manager, { ...recipient, template: 'api-key-leaked', params });
    }
    afterCommit(manager, () => {
      this.mailer.wake();
    });
  }
}
