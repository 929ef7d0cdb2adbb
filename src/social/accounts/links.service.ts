import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { SessionsService } from '../../sessions/sessions.service.js';
import { lockUser } from '../../users/lock-user.js';
import type { User } from '../../users/user.entity.js';
import type { Arrival } from '../arrival.js';
import type { LinkOwner } from '../flow/flows.service.js';
import { AlreadyLinked, SocialFlowInvalid } from '../social.errors.js';
import type { SocialAccount } from './social-account.entity.js';
import { SocialAccountsService } from './social-accounts.service.js';
import { SocialFollowUp } from './social-follow-up.service.js';

/** Providers that somebody links to her own account. */
@Injectable()
export class LinksService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly accounts: SocialAccountsService,
    private readonly followUp: SocialFollowUp,
    private readonly sessions: SessionsService,
  ) {}

  of(userId: string): Promise<SocialAccount[]> {
    return this.accounts.of(this.dataSource.manager, userId);
  }

  /**
   * A second link to the same account is none. What she began in a session that has ended since, or with other
   * credentials than she has now, is over.
   *
   * @throws AlreadyLinked, SocialFlowInvalid
   */
  async link({ id, sessionId, credentialsChangedAt }: LinkOwner, arrival: Arrival): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const owner = sameOwner((await lockUser(manager, id))?.user, credentialsChangedAt);
      if (!(await this.sessions.lives(manager, id, sessionId))) throw new SocialFlowInvalid();
      const known = await this.accounts.use(manager, arrival.identity);
      if (known === undefined) await this.add(manager, owner, arrival);
      else if (known !== id) throw new AlreadyLinked();
      await this.accounts.keepTokens(manager, arrival);
    });
  }

  private async add(manager: EntityManager, owner: User, arrival: Arrival): Promise<void> {
    const { providerId, identity } = arrival;
    const added = await this.accounts.add(manager, owner.id, providerId, identity);
    if (!added) throw new AlreadyLinked();
    await this.followUp.linked(manager, owner, arrival);
  }
}

/** @throws SocialFlowInvalid if she is nobody now, or has other credentials than when she began */
function sameOwner(owner: User | undefined, credentialsChangedAt: Date): User {
  const isSame = owner?.credentialsChangedAt.getTime() === credentialsChangedAt.getTime();
  if (!owner?.isActive || !isSame) throw new SocialFlowInvalid();
  return owner;
}
