import { setTimeout as sleep } from 'node:timers/promises';
import {
  type BeforeApplicationShutdown,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
} from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { traced } from '../common/traced.js';
import { Settings } from '../config/settings.js';
import { MailBudgets } from './mail-budgets.js';
import { type ClaimedMail, MailQueue } from './mail-queue.js';
import { errorCode, MailTransport, MailRefused } from './mail-transport.js';
import { Outage } from './outage.js';
import { GIVE_UP_AFTER, retryDelay } from './retry.js';

/** How many mails are delivered at once. */
const CARRIERS = 4;
/** Milliseconds between two looks for what other nodes, a crash or a retry have left. */
const POLL = 5000;
const SWEEP = 3_600_000;

/**
 * Delivers what is queued, off the path of any request. At least once: a mail whose node dies after it was
 * handed over and before its row is deleted goes out again, under the same Message-ID.
 */
@Injectable()
export class Postman implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #logger = new Logger('Mail');
  readonly #database = new Outage(this.#logger, 'The mail queue');
  readonly #delivery = new Outage(this.#logger, 'Mail delivery');
  readonly #rounds = new Set<Promise<void>>();
  #timers: NodeJS.Timeout[] = [];
  #woken = false;
  #closed = false;

  constructor(
    private readonly queue: MailQueue,
    private readonly budgets: MailBudgets,
    private readonly transport: MailTransport,
    private readonly settings: Settings,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    const sweep = () => {
      void this.#reach(() => this.queue.sweep());
      void this.#reach(() => this.budgets.sweep());
    };
    const wake = () => {
      this.wake();
    };
    this.#timers = [setInterval(wake, POLL).unref(), setInterval(sweep, SWEEP).unref()];
    this.wake();
  }

  /** There may be mail. Returns at once; many calls are as good as one. */
  wake(): void {
    this.#woken = true;
    this.#sendOut();
  }

  /** Resolves when nothing is being delivered and nothing is due. */
  async idle(): Promise<void> {
    while (this.#rounds.size > 0) await Promise.all(this.#rounds);
  }

  /** Takes out no more mail, and waits for what is under way for as long as SHUTDOWN_TIMEOUT allows. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#closed = true;
    for (const timer of this.#timers) clearInterval(timer);
    const patience = sleep(this.settings.shutdownTimeout * 1000, undefined, { ref: false });
    await Promise.race([this.idle(), patience]);
  }

  #sendOut(): void {
    if (this.#closed || this.#rounds.size >= CARRIERS) return;
    const round = this.#round().finally(() => {
      this.#rounds.delete(round);
      if (this.#woken) this.#sendOut(); // mail came after the round had looked
    });
    this.#rounds.add(round);
  }

  /** One carrier: mail after mail until there is none. Whoever finds one calls the next carrier. */
  async #round(): Promise<void> {
    while (!this.#closed) {
      this.#woken = false;
      const mail = await this.#reach(() => this.queue.claim());
      if (mail === undefined) return;
      this.#sendOut();
      await this.#deliver(mail);
    }
  }

  async #deliver(mail: ClaimedMail): Promise<void> {
    const allowed = await this.#reach(() => this.budgets.spend(mail.recipient));
    if (allowed === undefined) return; // the lease ends, and another look finds it
    if ('freeAt' in allowed) {
      this.#tellOfWait(mail, allowed.freeAt);
      await this.#reach(() => this.queue.defer(mail, allowed.freeAt));
      return;
    }
    let template = 'unknown';
    try {
      const payload = this.queue.open(mail);
      template = payload.template;
      const attributes = { 'gatehouse.mail': template };
      await traced({ name: 'mail', attributes, outward: true, alone: true }, () =>
        this.transport.send({ id: mail.id, ...payload }),
      );
    } catch (error) {
      await this.#reach(() => this.budgets.refund(mail.recipient, allowed.spentAt));
      await this.#failed(mail, template, error);
      return;
    }
    this.#delivery.ends();
    await this.#reach(() => this.queue.remove(mail));
  }

  /** Once, when it is new: it may have to wait again and again. */
  #tellOfWait({ id, createdAt }: ClaimedMail, until: Date): void {
    if (this.clock.millis() - createdAt.getTime() > POLL) return;
    this.#logger.log(`Mail ${id} waits: its recipient has had enough until ${until.toISOString()}`);
  }

  async #failed(mail: ClaimedMail, template: string, error: unknown): Promise<void> {
    const refused = error instanceof MailRefused;
    if (!refused) this.#delivery.begins(error);
    const age = (this.clock.millis() - mail.createdAt.getTime()) / 1000;
    if (age < GIVE_UP_AFTER && !(refused && error.permanent)) {
      const delay = retryDelay(mail.attempts, Math.random());
      await this.#reach(() => this.queue.postpone(mail, delay));
      return;
    }
    this.#logger.error(`Mail ${mail.id} (${template}) was given up: ${errorCode(error)}`);
    await this.#reach(() => this.queue.giveUp(mail));
  }

  /** A database that is away is told of once; the next look tries again. */
  async #reach<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      const result = await work();
      this.#database.ends();
      return result;
    } catch (error) {
      this.#database.begins(error);
      return undefined;
    }
  }
}
