import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Principal } from '../../access/principal.js';
import { ResetMailsService } from '../../account/password/reset-mails.service.js';
import { OneTimeTokensService } from '../../account/proof/one-time-tokens.service.js';
import type { Caller } from '../../common/http/caller.js';
import { lockUser } from '../../users/lock-user.js';
import { ManagedUsersService } from '../../users/managed-users.service.js';
import type { User } from '../../users/user.entity.js';
import { EmailTaken } from '../../users/users.errors.js';
import { FollowUpService } from './follow-up.service.js';
import type { NewUserDto } from './managed-user.dto.js';

/** Makes accounts. Their owners, and nobody else, choose a password, by a link that is mailed. */
@Injectable()
export class InvitationsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly managed: ManagedUsersService,
    private readonly tokens: OneTimeTokensService,
    private readonly mails: ResetMailsService,
    private readonly followUp: FollowUpService,
  ) {}

  /** @throws EmailTaken */
  invite(asker: Principal, given: NewUserDto, caller: Caller): Promise<User> {
    return this.dataSource.transaction(async (manager) => {
      const made = await this.managed.invite(manager, given);
      if (made === undefined) throw new EmailTaken({ detail: TAKEN });
      const { user } = (await lockUser(manager, made)) ?? gone();
      await this.tokens.withdraw(manager, user.id, ['verify_email']); // of a registration that it replaced
      await this.mails.sendByAdministrator(manager, user);
      await this.followUp.record({ manager, asker, user }, 'user_created', caller);
      return user;
    });
  }
}

/** It was made in this very transaction. */
const gone = (): never => {
  throw new Error('The new account is gone');
};

const TAKEN = 'There is an account with this address: `GET /v1/users?email=` finds it.';
