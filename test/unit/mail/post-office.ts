import { Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type KeyRing } from '../../../src/config/key-ring.js';
import { readSettings } from '../../../src/config/settings.js';
import { connectionOptions } from '../../../src/database/connection-options.js';
import { MailBudget } from '../../../src/mail/mail-budget.entity.js';
import { MailBudgets } from '../../../src/mail/mail-budgets.js';
import { MailQueue } from '../../../src/mail/mail-queue.js';
import { MailRenderer } from '../../../src/mail/mail-renderer.js';
import { type Mail } from '../../../src/mail/mail-templates.js';
import { type MailTransport } from '../../../src/mail/mail-transport.js';
import { Mailer } from '../../../src/mail/mailer.js';
import { Postman } from '../../../src/mail/postman.js';
import { QueuedMail } from '../../../src/mail/queued-mail.entity.js';
import { FakeTransport, keyRing, MovableClock } from './support.js';

export const TOKEN = 'one-time-token-0123456789';

export const mailTo = (to: string): Mail => ({
  to,
  locale: null,
  template: 'verify-email',
  params: {
    link: `https://x.test/#token=${TOKEN}`,
    denyLink: `https://x.test/#deny=${TOKEN}`,
    token: TOKEN,
    code: '1234 5678',
    expiresIn: 86_400,
    codeExpiresIn: 900,
    when: new Date('2026-11-24T20:31:59Z'),
    address: '203.0.113.7',
    device: 'Firefox, Windows',
  },
});

/** A notice, of which each is sent; `device` tells one from another. */
export const noticeTo = (to: string, device = 'curl'): Mail => ({
  to,
  locale: null,
  template: 'password-changed',
  params: { when: new Date('2026-11-24T20:31:59Z'), address: '203.0.113.7', device },
});

export const addresses = (count: number) =>
  Array.from({ length: count }, (_, index) => `user${index}@example.com`);

/** What one process holds of the post. */
export interface PostNode {
  readonly queue: MailQueue;
  readonly budgets: MailBudgets;
  readonly postman: Postman;
  readonly mailer: Mailer;
}

interface NodeOptions {
  readonly transport?: MailTransport;
  readonly database?: DataSource;
  readonly keys?: KeyRing;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Wakes the node and waits until nothing is due any more. */
export async function deliver({ mailer, postman }: PostNode): Promise<void> {
  mailer.wake();
  await postman.idle();
}

/** Nodes that share one table, one clock and, unless they bring their own, one transport. */
export class PostOffice {
  readonly database = new DataSource({
    ...connectionOptions(readSettings({}), process.env['DATABASE_URL']!),
    entities: [QueuedMail, MailBudget],
  });
  clock = new MovableClock();
  transport = new FakeTransport();
  readonly #renderer = new MailRenderer(readSettings({}));
  readonly #logged: [level: 'log' | 'warn' | 'error', line: string][] = [];
  #nodes: PostNode[] = [];

  /** An office for the tests of this file: an empty table before each, no node at work after it. */
  static open(): PostOffice {
    const office = new PostOffice();
    beforeAll(() => Promise.all([office.database.initialize(), office.#renderer.onModuleInit()]));
    beforeEach(() => office.#begin());
    afterEach(() => office.#end());
    afterAll(() => office.database.destroy());
    return office;
  }

  node(own: NodeOptions = {}): PostNode {
    const { database = this.database, keys = keyRing } = own;
    const queue = new MailQueue(database, keys, this.clock);
    const settings = readSettings({ SHUTDOWN_TIMEOUT: '1', ...own.environment });
    const budgets = new MailBudgets(database, settings, this.clock);
    const { transport = this.transport } = own;
    const postman = new Postman(queue, budgets, transport, settings, this.clock);
    const node = {
      queue,
      budgets,
      postman,
      mailer: new Mailer(this.#renderer, queue, postman, keys, settings),
    };
    this.#nodes.push(node);
    return node;
  }

  /** Queues a mail to each address in one transaction, by a node that delivers nothing. */
  commit(...to: string[]): Promise<void> {
    return this.post(...to.map(mailTo));
  }

  /** The same with any mails. */
  post(...mails: Mail[]): Promise<void> {
    const { mailer } = this.node();
    return this.database.transaction(async (manager) => {
      for (const mail of mails) await mailer.enqueue(manager, mail);
    });
  }

  rows(): Promise<QueuedMail[]> {
    return this.database.manager.find(QueuedMail);
  }

  recipients(): string[] {
    return this.transport.sent.map(({ to }) => to).sort();
  }

  logged(...levels: ('log' | 'warn' | 'error')[]): string[] {
    return this.#logged.filter(([level]) => levels.includes(level)).map(([, line]) => line);
  }

  async #begin(): Promise<void> {
    await this.database.query('TRUNCATE mail_queue, mail_budgets');
    this.clock = new MovableClock();
    this.transport = new FakeTransport();
    this.#logged.length = 0;
    for (const level of ['log', 'warn', 'error'] as const) {
      jest.spyOn(Logger.prototype, level).mockImplementation((...line: unknown[]) => {
        this.#logged.push([level, String(line[0])]);
      });
    }
  }

  async #end(): Promise<void> {
    await Promise.all(this.#nodes.map(({ postman }) => postman.beforeApplicationShutdown()));
    this.#nodes = [];
    jest.restoreAllMocks();
  }
}
