import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { ApiKeyRow } from '../../api-keys/api-key.entity.js';
import { prefixOf } from '../../api-keys/api-key.js';
import { Clock } from '../../common/clock.js';
import type { Caller } from '../../common/http/caller.js';
import { afterCommit } from '../../database/after-commit.js';
import { circumstances } from '../../mail/circumstances.js';
import { Mailer } from '../../mail/mailer.js';
import { recipientOf } from '../../mail/recipient.js';
import type { User } from '../../users/user.entity.js';

/** What somebody is told when there is a new way into her account (ASVS 6.3.7). Of a key she gave up: nothing. */
@Injectable()
export class ApiKeyMails {
  constructor(
    private readonly mailer: Mailer,
    private readonly clock: Clock,
  ) {}

  async made(manager: EntityManager, user: User, row: ApiKeyRow, caller: Caller): Promise<void> {
    const params = this.paramsOf(row, caller);
    const mail = { ...recipientOf(user), template: 'api-key-made', params } as const;
    await this.mailer.enqueue(manager, mail);
    this.wakeAfter(manager);
  }

  /** @param row the new key */
  async rotated(manager: EntityManager, user: User, row: ApiKeyRow, caller: Caller): Promise<void> {
    const params = this.paramsOf(row, caller);
    const mail = { ...recipientOf(user), template: 'api-key-rotated', params } as const;
    await this.mailer.enqueue(manager, mail);
    this.wakeAfter(manager);
  }

  /** The key is named by how it begins: its name may be the word of somebody who should not be in the account. */
  private paramsOf({ environment, id, expiresAt }: ApiKeyRow, caller: Caller) {
    const key = prefixOf(environment, id);
    return { key, expires: expiresAt, ...circumstances(caller, this.clock.now()) };
  }

  private wakeAfter(manager: EntityManager): void {
    afterCommit(manager, () => {
      this.mailer.wake();
    });
  }
}
