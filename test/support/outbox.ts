import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

export interface SentMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly sentAt: string;
}

/** The mails that were really written, one file each. */
export class Outbox {
  constructor(private readonly folder: string) {}

  to(address: string): SentMail[] {
    return this.all().filter((mail) => mail.to === address);
  }

  all(): SentMail[] {
    if (!existsSync(this.folder)) return [];
    return readdirSync(this.folder)
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => JSON.parse(readFileSync(join(this.folder, name), 'utf8')) as SentMail);
  }

  /** Mail goes out after the answer: waits until there are this many to the address. */
  async waitFor(address: string, count = 1): Promise<SentMail[]> {
    for (let i = 0; i < 500; i++) {
      const mails = this.to(address);
      if (mails.length >= count) return mails;
      await sleep(20);
    }
    throw new Error(`No ${String(count)} mails to ${address}: ${String(this.to(address).length)}`);
  }

  /** The newest mail to the address with such a subject, however many others there are. */
  async about(address: string, subject: RegExp | string): Promise<SentMail> {
    const isIt = (mail: SentMail) =>
      typeof subject === 'string' ? mail.subject === subject : subject.test(mail.subject);
    for (let count = 1; ; count++) {
      const mail = (await this.waitFor(address, count)).findLast(isIt);
      if (mail !== undefined) return mail;
    }
  }

  /** The token in the newest mail to this address. */
  async tokenFor(address: string, count = 1): Promise<string> {
    const mails = await this.waitFor(address, count);
    const token = /gh[a-z]_\w+/.exec(mails.at(-1)?.text ?? '')?.[0];
    if (token === undefined) throw new Error('The mail has no token');
    return token;
  }
}
