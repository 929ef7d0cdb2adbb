import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../common/clock.js';
import { AuditEvent } from './audit-event.entity.js';
import { eventRow, type Happening } from './audit-event.js';
import { AuditKeysService } from './audit-keys.service.js';
import { AuditSealerService } from './audit-sealer.service.js';
import { PendingNotes } from './pending-notes.js';

/** Milliseconds that a note waits for others. */
const DELAY = 200;
/** Milliseconds until the next try when the database is away. */
const RETRY = 1000;
/** Notes a statement. */
const BATCH = 500;

/** Writes notes together: a storm of failed attempts costs a few statements a second. */
@Injectable()
export class AuditNotesService implements BeforeApplicationShutdown {
  readonly #logger = new Logger('Audit');
  readonly #pending = new PendingNotes();
  #inHand: readonly AuditEvent[] = [];
  #timer: NodeJS.Timeout | undefined;
  #writing: Promise<boolean> | undefined;
  #away = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly keys: AuditKeysService,
    private readonly sealer: AuditSealerService,
    private readonly clock: Clock,
  ) {}

  add(happening: Happening): void {
    this.#pending.add(happening, this.clock.now());
    this.schedule(DELAY);
  }

  /** Writes what waits. False: the database is away, and all of it waits on. */
  flush(): Promise<boolean> {
    this.#writing ??= this.write().finally(() => {
      this.#writing = undefined;
    });
    return this.#writing;
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearTimeout(this.#timer);
    await this.flush();
    if (this.waiting > 0 && !(await this.flush())) {
      this.#logger.error(`Failed attempts that could not be written: ${this.waiting}`);
    }
  }

  private get waiting(): number {
    return this.#pending.size + this.#inHand.length;
  }

  private schedule(delay: number): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.flush().then((written) => {
        if (this.waiting > 0) this.schedule(written ? DELAY : RETRY);
      });
    }, delay).unref();
  }

  private async write(): Promise<boolean> {
    try {
      while (this.waiting > 0) await this.writeSome();
      if (this.#away) this.#logger.log('Failed attempts are written again');
      this.#away = false;
      return true;
    } catch {
      if (!this.#away) this.#logger.warn('Failed attempts are written later');
      this.#away = true;
      return false;
    }
  }

  /** The rows stay in hand, ids and all, until they are written: nothing is written twice. */
  private async writeSome(): Promise<void> {
    if (this.#inHand.length === 0) this.#inHand = this.takeRows();
    await this.dataSource
      .createQueryBuilder()
      .insert()
      .into(AuditEvent)
      .values([...this.#inHand])
      .orIgnore()
      .execute();
    this.#inHand = [];
    this.sealer.wake();
  }

  private takeRows(): readonly AuditEvent[] {
    const { proofs } = this.keys;
    return this.#pending
      .take(BATCH)
      .map(({ happening, at, count }) => eventRow(happening, { now: at, count, proofs }));
  }
}
