import { Injectable } from '@nestjs/common';
import type { PendingEmailDto } from './email-change.dto.js';
import { OneTimeTokensService } from './one-time-tokens.service.js';

/** A change of the address that waits for its proof, as its owner sees it: taken or free, it looks the same. */
@Injectable()
export class PendingEmailChangeService {
  constructor(private readonly tokens: OneTimeTokensService) {}

  async of(userId: string): Promise<PendingEmailDto | undefined> {
    const pending = await this.tokens.pending(userId, 'change_email');
    if (pending === undefined) return undefined;
    const { email = '', at = '' } = pending.about;
    return { newEmail: email, requestedAt: at, expiresAt: pending.expiresAt.toISOString() };
  }

  async cancel(userId: string): Promise<void> {
    await this.tokens.expire(userId, 'change_email');
  }
}
