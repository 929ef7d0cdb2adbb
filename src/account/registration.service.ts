import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Caller } from '../common/http/caller.js';
import { Mailer } from '../mail/mailer.js';
import { PasswordService } from '../passwords/password.service.js';
import type { NewUser } from '../users/new-user.js';
import { EmailTaken } from '../users/users.errors.js';
import { UsersService } from '../users/users.service.js';
import { RegistrationFollowUp } from './registration-follow-up.service.js';
import type { RegisterDto } from './registration.dto.js';

/** How people sign themselves up. The password was judged before; every way hashes it once. */
@Injectable()
export class RegistrationService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly users: UsersService,
    private readonly passwords: PasswordService,
    private readonly followUp: RegistrationFollowUp,
    private readonly mailer: Mailer,
  ) {}

  /**
   * Registers without telling the caller whether the address is taken: its owner is told by mail. An
   * account whose address nobody proved is replaced, and its link with it.
   */
  async registerQuietly(body: RegisterDto, caller: Caller, signal: AbortSignal): Promise<void> {
    const given = await this.newUser(body, caller, signal);
    await this.dataSource.transaction(async (manager) => {
      const user =
        (await this.users.create(manager, given)) ??
        (await this.users.replaceUnproved(manager, given));
      if (user) await this.followUp.welcome(manager, user, caller);
      else await this.followUp.tellOwner(manager, given.email, caller);
    });
    this.mailer.wake();
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
    this.mailer.wake();
    return user.id;
  }

  private async newUser(
    { password, ...profile }: RegisterDto,
    { languages }: Caller,
    signal: AbortSignal,
  ): Promise<NewUser> {
    const { locale = this.mailer.prefer(languages) } = profile;
    return { ...profile, locale, passwordHash: await this.passwords.hash(password, signal) };
  }
}
