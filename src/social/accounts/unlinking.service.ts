import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { NotFound } from '../../common/failures.js';
import type { Caller } from '../../common/http/caller.js';
import { lockUser } from '../../users/lock-user.js';
import { UserCredentialsService } from '../../users/user-credentials.service.js';
import { LastCredential } from '../social.errors.js';
import { OtherWaysIn } from './other-ways-in.service.js';
import { SocialAccountsService } from './social-accounts.service.js';
import { SocialFollowUp } from './social-follow-up.service.js';

/** Providers that somebody takes from her own account. */
@Injectable()
export class UnlinkingService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly credentials: UserCredentialsService,
    private readonly accounts: SocialAccountsService,
    private readonly followUp: SocialFollowUp,
    private readonly ways: OtherWaysIn,
  ) {}

  /** @throws NotFound also where it is somebody else's; LastCredential */
  async unlink(userId: string, accountId: string, caller: Caller): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const found = await lockUser(manager, userId);
      const removed = found && (await this.accounts.remove(manager, userId, accountId));
      if (found === undefined || removed === undefined) throw new NotFound();
      if (!(await this.ways.are(manager, found))) throw new LastCredential();
      await this.credentials.noteNewCredentials(manager, userId);
      await this.followUp.unlinked(manager, found.user, { provider: removed.provider, caller });
    });
  }
}
