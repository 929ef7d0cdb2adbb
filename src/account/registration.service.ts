import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Caller } from '../common/http/caller.js';
import { Mailer } from '../mail/mailer.js';
import { recipientOf } from '../mail/recipient.js';
import { PasswordService } from '../passwords/password.service.js';
import type { NewUser } from '../users/new-user.js';
import { EmailTaken } from '../users/users.errors.js';
import { UsersService } from '../users/users.service.js';
import { EmailVerificationService } from './email-verification.service.js';
import type { RegisterDto } from './registration.dto.js';

/** How people sign themselves up. The password was judged before; every way hashes it once. */
@Injectable()
export class RegistrationService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly users: UsersService,
    private readonly passwords: PasswordService,
    private readonly verification: EmailVerificationService,
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
      if (user) await this.verification.send(manager, user);
      else await this.tellOwner(manager, given.email);
    });
    this.mailer.wake();
  }

  /** Returns the id of the new user. @throws EmailTaken */
  async registerOpenly(body: RegisterDto, caller: Caller, signal: AbortSignal): Promise<string> {
    const given = await this.newUser(body, caller, signal);
    const user = await this.dataSource.transaction(async (manager) => {
      const created = await this.users.create(manager, given);
      if (created === undefined) throw new EmailTaken();
      await this.verification.send(manager, created);
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

  /** In the owner's language. To the address that was proved, not to the spelling that somebody typed just now. */
  private async tellOwner(manager: EntityManager, email: string): Promise<void> {
    const found = await this.users.findByEmail(email);
    const recipient = found ? recipientOf(found.user) : { to: email, locale: null };
    await this.mailer.enqueue(manager, {
      ...recipient,
      template: 'already-registered',
      params: {},
    });
  }
}
