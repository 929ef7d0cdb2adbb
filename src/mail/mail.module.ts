import { Module } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { Settings } from '../config/settings.js';
import { MailBudgets } from './mail-budgets.js';
import { MailQueue } from './mail-queue.js';
import { MailRenderer } from './mail-renderer.js';
import { MailTransport } from './mail-transport.js';
import { Mailer } from './mailer.js';
import { OutboxTransport } from './outbox-transport.js';
import { Postman } from './postman.js';
import { SmtpTransport } from './smtp-transport.js';

/** Post: mails are queued in the transaction they belong to, and delivered off the path of requests. */
@Module({
  providers: [
    MailRenderer,
    MailQueue,
    MailBudgets,
    Postman,
    Mailer,
    {
      provide: MailTransport,
      inject: [Settings, Clock],
      useFactory: (settings: Settings, clock: Clock): MailTransport =>
        settings.smtpUrl === undefined
          ? new OutboxTransport(settings, clock)
          : new SmtpTransport(settings.smtpUrl, settings),
    },
  ],
  exports: [Mailer],
})
export class MailModule {}
