import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { Clock } from '../common/clock.js';
import { circumstances } from '../mail/circumstances.js';
import { Mailer } from '../mail/mailer.js';
import { recipientOf } from '../mail/recipient.js';
import type { Login } from './login-stage.js';

/** Tells a user that somebody signed in from where nobody had before. */
@Injectable()
export class NewDeviceNotice {
  constructor(
    private readonly mailer: Mailer,
    private readonly clock: Clock,
  ) {}

  /** In the transaction that lets the user in. The first sign-in of all is no news; only a proved address is told. */
  async write(manager: EntityManager, { user, device }: Login): Promise<void> {
    if (user.lastLoginAt === null || user.emailVerifiedAt === null) return;
    const { ip, userAgent } = device;
    const caller = { ip: ip ?? undefined, userAgent: userAgent ?? undefined };
    await this.mailer.enqueue(manager, {
      ...recipientOf(user),
      template: 'new-device',
      params: circumstances(caller, this.clock.now()),
    });
  }

  /** After the commit; returns at once. */
  send(): void {
    this.mailer.wake();
  }
}
