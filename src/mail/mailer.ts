import { randomUUID } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { KeyRing } from '../config/key-ring.js';
import { Settings } from '../config/settings.js';
import { refuseUnsafe } from './mail-message.js';
import { MailQueue } from './mail-queue.js';
import { MailRenderer } from './mail-renderer.js';
import { type Mail, mailTemplates } from './mail-templates.js';
import { mailboxOf, sameAddress } from './mailbox.js';
import { Postman } from './postman.js';

const nobody = (): Mail => ({
  to: `${randomUUID()}@localhost`,
  locale: null,
  template: 'verify-email',
  params: {
    link: '',
    denyLink: '',
    token: '',
    code: '',
    expiresIn: 0,
    codeExpiresIn: 0,
    when: new Date(0),
    address: undefined,
    device: undefined,
  },
});

/** What the other rooms know of the post. */
@Injectable()
export class Mailer {
  readonly #logger = new Logger('Mail');

  constructor(
    private readonly renderer: MailRenderer,
    private readonly queue: MailQueue,
    private readonly postman: Postman,
    private readonly keys: KeyRing,
    private readonly settings: Settings,
  ) {}

  /**
   * Writes the mail into the caller's transaction: it goes out if and only if that commits.
   * @throws if the address is not one bare address or a parameter is missing.
   */
  async enqueue(manager: EntityManager, mail: Mail): Promise<void> {
    if (mail.template === 'no-account' && !this.settings.mails.toUnknown) {
      await this.enqueueNothing(manager);
    } else if ((await this.#add(manager, mail)) === undefined) {
      this.#logger.warn(
        `Too many mails (${mail.template}) wait for one recipient; one was left out`,
      );
    }
  }

  /**
   * Writes as much as `enqueue` and takes it back in the same transaction: what a caller does where there
   * is nobody to write to, so that the time of its answer does not tell.
   */
  async enqueueNothing(manager: EntityManager): Promise<void> {
    const id = await this.#add(manager, nobody());
    if (id !== undefined) await this.queue.withdraw(manager, id);
  }

  #add(manager: EntityManager, mail: Mail): Promise<string | undefined> {
    const message = this.renderer.render(mail);
    refuseUnsafe(message);
    const { template, to, unproved = false } = mail;
    const { asked, topic = template } = mailTemplates[template];
    return this.queue.add(
      manager,
      { template, ...message },
      {
        recipient: this.keys.mac(
          'mail-recipient',
          `${asked || unproved ? 'asked' : 'notice'} ${mailboxOf(to)}`,
        ),
        topic: this.keys.mac('mail-topic', `${topic} ${sameAddress(to)}`),
        newestOnly: asked,
      },
    );
  }

  /** Of the languages that somebody wishes for, the first that there are templates in, or else the first. */
  prefer(languages: readonly string[]): string | null {
    return this.renderer.choose(languages) ?? languages[0] ?? null;
  }

  /** To be called after the commit; returns at once. A mail nobody woke for goes out within seconds. */
  wake(): void {
    this.postman.wake();
  }
}
