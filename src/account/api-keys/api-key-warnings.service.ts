import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { ApiKeyRow } from '../../api-keys/api-key.entity.js';
import { prefixOf } from '../../api-keys/api-key.js';
import { DueWarnings } from '../../api-keys/due-warnings.service.js';
import { Mailer } from '../../mail/mailer.js';
import { ResponsibleService } from '../../service-accounts/responsible.service.js';

/** Milliseconds between two looks. */
const INTERVAL = 300_000;

/**
 * Tells whoever answers for a key that it will end: 30, 7 and 1 days before. One key a transaction, its mails in it: many
 * nodes may look at once, each can be stopped anywhere, and each warning goes out once. Whoever was switched off for
 * long warns of what is still to come, once.
 */
@Injectable()
export class ApiKeyWarnings implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger('ApiKeys');
  #timer: NodeJS.Timeout | undefined;
  #stopping = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly due: DueWarnings,
    private readonly responsible: ResponsibleService,
    private readonly mailer: Mailer,
  ) {}

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => {
      this.warn().catch(() => {
        this.#logger.warn('That API keys will end is told later');
      });
    }, INTERVAL).unref();
  }

  onApplicationShutdown(): void {
    this.#stopping = true;
    clearInterval(this.#timer);
  }

  /** Returns how many keys were due. */
  async warn(): Promise<number> {
    let count = 0;
    while (!this.#stopping && (await this.warnOfOne())) count++;
    if (count > 0) this.mailer.wake();
    return count;
  }

  private warnOfOne(): Promise<boolean> {
    return this.dataSource.transaction(async (manager) => {
      const due = await this.due.take(manager);
      if (due?.isNeeded) await this.mail(manager, due.key);
      return due !== undefined;
    });
  }

  private async mail(
    manager: EntityManager,
    { environment, id, userId, name, expiresAt }: ApiKeyRow,
  ): Promise<void> {
    const params = { name, key: prefixOf(environment, id), expires: expiresAt };
    for (const recipient of await this.responsible.recipientsOf(userId, manager)) {
      await this.mailer.enqueue(manager, { ...recipient, template: 'api-key-ends', params });
    }
  }
}
