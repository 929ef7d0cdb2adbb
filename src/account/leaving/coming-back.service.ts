import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Caller } from '../../common/http/caller.js';
import { LeavingUsersService } from '../../users/leaving-users.service.js';
import { UsersService } from '../../users/users.service.js';
import { TokenInvalid } from '../account.errors.js';
import { OneTimeTokensService } from '../proof/one-time-tokens.service.js';
import { inTheSameTime } from '../proof/same-time.js';
import { LeavingMailsService } from './leaving-mails.service.js';

/** Undoing a deletion or a deactivation, by whoever holds the mailbox. */
@Injectable()
export class ComingBackService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly users: UsersService,
    private readonly leaving: LeavingUsersService,
    private readonly tokens: OneTimeTokensService,
    private readonly mails: LeavingMailsService,
  ) {}

  /** Mails a link if there is somebody who left. Tells nobody, by the time it takes neither. */
  async ask(email: string): Promise<void> {
    await inTheSameTime(this.offer(email));
  }

  /** The account is as it was; its devices stay signed out. @throws TokenInvalid */
  async undo(token: string, caller: Caller): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const spent = await this.tokens.spend(manager, 'undo_deletion', token);
      if (spent === undefined) throw new TokenInvalid();
      if (!(await this.leaving.comeBack(manager, spent, caller))) throw new TokenInvalid();
    });
  }

  private async offer(email: string): Promise<void> {
    const mayBeSent = await this.mails.mayOfferWayBack(email);
    const found = await this.users.findByEmail(email);
    await this.dataSource.transaction(async (manager) => {
      const id = mayBeSent ? found?.user.id : undefined;
      const offered = id !== undefined && (await this.mails.offerWayBack(manager, id));
      if (!offered) await this.mails.offerNothing(manager);
    });
    this.mails.wake();
  }
}
