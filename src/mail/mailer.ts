import { Injectable } from '@nestjs/common';
import { type EntityManager } from 'typeorm';
import { refuseUnsafe } from './mail-message.js';
import { MailQueue } from './mail-queue.js';
import { MailRenderer } from './mail-renderer.js';
import { type Mail } from './mail-templates.js';
import { Postman } from './postman.js';

const NOBODY: Mail = {
  to: 'nobody@localhost',
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
};

/** What the other rooms know of the post. */
@Injectable()
export class Mailer {
  constructor(
    private readonly renderer: MailRenderer,
    private readonly queue: MailQueue,
    private readonly postman: Postman,
  ) {}

  /**
   * Writes the mail into the caller's transaction: it goes out if and only if that commits.
   * @throws if the address is not one bare address or a parameter is missing.
   */
  async enqueue(manager: EntityManager, mail: Mail): Promise<void> {
    const message = this.renderer.render(mail);
    refuseUnsafe(message);
    await this.queue.add(manager, { template: mail.template, ...message });
  }

  /**
   * Writes as much as `enqueue` and takes it back in the same transaction: what a caller does where there
   * is nobody to write to, so that the time of its answer does not tell.
   */
  async enqueueNothing(manager: EntityManager): Promise<void> {
    const message = this.renderer.render(NOBODY);
    const id = await this.queue.add(manager, { template: NOBODY.template, ...message });
    await this.queue.withdraw(manager, id);
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
