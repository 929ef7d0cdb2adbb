import type { IncomingHttpHeaders } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { type EntityManager } from 'typeorm';
import { AuditService } from '../audit/audit.service.js';
import { type Caller, callerOf } from '../common/http/caller.js';
import type { Attempt } from '../rate-limits/attempt.js';
import { GuessingBudget } from '../rate-limits/guessing-budget.service.js';
import { announceLeft, announcePolicy, type HeaderReply } from '../rate-limits/limit-headers.js';
import { TooManyAttempts } from '../rate-limits/rate-limits.errors.js';
import { canonicalEmail } from '../users/canonical-email.js';
import type { User } from '../users/user.entity.js';
import { DeviceCookie } from './device-cookie.service.js';
import { KnownDevicesService } from './known-devices.service.js';
import type { LoginDto } from './login.dto.js';
import { InvalidCredentials } from './login.errors.js';

/** Everything else that goes wrong says nothing about the guess. */
export const isWrong = (error: unknown): boolean => error instanceof InvalidCredentials;

/** Pays for sign-ins, and says in the headers how the caller stands. */
@Injectable()
export class SignInAttempts {
  constructor(
    private readonly budget: GuessingBudget,
    private readonly devices: KnownDevicesService,
    private readonly cookie: DeviceCookie,
    private readonly audit: AuditService,
  ) {}

  /** @throws TooManyAttempts: alike for accounts that are there and that are not, whatever the password */
  async begin(
    body: LoginDto,
    request: Pick<FastifyRequest, 'ip' | 'headers' | 'id'>,
    reply: HeaderReply,
  ): Promise<Attempt> {
    announcePolicy(reply, this.budget.perAddress);
    const account = canonicalEmail(body.email) ?? body.email;
    const caller = callerOf(request);
    const known = await this.devices.isKnown(this.deviceToken(body, request.headers), account);
    try {
      const attempt = await this.budget.spend({ account, caller, known });
      this.announce(reply, attempt);
      return attempt;
    } catch (error) {
      throw this.noted(error, account, caller, reply);
    }
  }

  /**
   * Before it waits for its turn: from an address of which this node knows that it has failed enough, and no device is
   * shown that might be the owner's. @throws TooManyAttempts
   */
  refuseFull(
    body: LoginDto,
    request: Pick<FastifyRequest, 'ip' | 'headers' | 'id'>,
    reply: HeaderReply,
  ): void {
    if (this.deviceToken(body, request.headers) !== undefined) return;
    const caller = callerOf(request);
    try {
      this.budget.refuseFull(caller);
    } catch (error) {
      announcePolicy(reply, this.budget.perAddress);
      throw this.noted(error, canonicalEmail(body.email) ?? body.email, caller, reply);
    }
  }

  private noted(error: unknown, account: string, caller: Caller, reply: HeaderReply): unknown {
    if (!(error instanceof TooManyAttempts)) return error;
    announceLeft(reply, this.budget.perAddress.name, 0, error.retryAfter ?? 1);
    const details = { attempted: this.audit.pseudonym(account) };
    this.audit.note({ action: 'too_many_attempts', outcome: 'failure', caller, details });
    return error;
  }

  /** What the device shows to be known by; an app in the body, a browser in its cookie. */
  deviceToken(
    { deviceToken }: Pick<LoginDto, 'deviceToken'>,
    headers: IncomingHttpHeaders,
  ): string | undefined {
    return deviceToken ?? this.cookie.read(headers);
  }

  /** Whether the device signed in to this account before. @param account its canonical address */
  isKnown(shown: string | undefined, account: string): Promise<boolean> {
    return this.devices.isKnown(shown, account);
  }

  /** The second half of a sign-in was right, too: it was the owner, whose password was counted as tried before. */
  async completed({ emailCanonical: account }: User, known: boolean): Promise<void> {
    await this.budget.succeeded({ account, known });
  }

  /**
   * To be called where a new password is chosen by whoever holds the mailbox: nothing is held against the account any
   * more, and every device is a stranger.
   */
  async startOver(
    manager: EntityManager,
    { id, emailCanonical }: Pick<User, 'id' | 'emailCanonical'>,
  ): Promise<void> {
    await this.budget.forgive(emailCanonical, manager);
    await this.devices.forget(manager, id);
  }

  private announce(reply: HeaderReply, { standing }: Attempt): void {
    if (standing === undefined) return;
    const { quota, remaining, secondsLeft } = standing;
    announceLeft(reply, quota.name, remaining, secondsLeft);
  }
}
