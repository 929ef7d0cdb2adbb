import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Caller } from '../../common/http/caller.js';
import { PasswordService } from '../../passwords/password.service.js';
import type { NewUser } from '../../users/new-user.js';
import { EmailTaken } from '../../users/users.errors.js';
import { UsersService } from '../../users/users.service.js';
import { RegistrationFollowUp } from './registration-follow-up.service.js';
import { RegistrationMailsService } from './registration-mails.service.js';
import type { RegisterDto } from './registration.dto.js';

/** How people sign themselves up. The password was judged before; every way hashes it once. */
@Injectable()
export class RegistrationService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly users: UsersService,
    private readonly passwords: PasswordService,
    private readonly followUp: RegistrationFollowUp,
    private readonly mails: RegistrationMailsService,
  ) {}

  /**
   * Registers without telling the caller whether the address is taken: its owner is told by mail. An
   * account whose address nobody proved is replaced, its link and its code with it: what is mailed now
   * confirms this registration and no other, and says so.
   */
  async registerQuietly(body: RegisterDto, caller: Caller, signal: AbortSignal): Promise<void> {
    const given = await this.newUser(body, caller, signal);
    await this.dataSource.transaction(async (manager) => {
      const created = await this.users.create(manager, given);
      const replaced = created ? undefined : await this.users.replaceUnproved(manager, given);
      if (created) await this.followUp.welcome(manager, created, caller);
      else if (replaced) await this.followUp.welcome(manager, replaced, caller, { replaced: true });
      else await this.followUp.tellOwner(manager, given.email, caller);
    });
    this.mails.wake();
  }

  /** Returns the id of the new user. @throws EmailTaken */
  async registerOpenly(body: RegisterDto, caller: Caller, signal: AbortSignal): Promise<string> {
    const given = await this.newUser(body, caller, signal);
    const user = await this.dataSource.transaction(async (manager) => {
      const created = await this.users.create(manager, given);
      if (created === undefined) throw new EmailTaken();
      await this.followUp.welcome(manager, created, caller);
      return created;
    });
    this.mails.wake();
    return user.id;
  }

  private async newUser(
    { password, ...profile }: RegisterDto,
    { languages }: Caller,
    signal: AbortSignal,
  ): Promise<NewUser> {
    const { locale = this.mails.prefer(languages) } = profile;
    return { ...profile, locale, passwordHash: await this.passwords.hash(password, signal) };
  }
}
