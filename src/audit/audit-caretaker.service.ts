import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { AuditPartitionsService } from './audit-partitions.service.js';
import { AuditRetentionService } from './audit-retention.service.js';
import { AuditVerificationService } from './audit-verification.service.js';
import { nameOf } from './chain-walk.js';

/** Milliseconds between two looks. */
const INTERVAL = 3_600_000;

/** Prepares the months that come, retires those that are too old, and tells the head, at start and every hour. */
@Injectable()
export class AuditCaretakerService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger('Audit');
  #timer: NodeJS.Timeout | undefined;
  #tending: Promise<void> = Promise.resolve();

  constructor(
    private readonly partitions: AuditPartitionsService,
    private readonly retention: AuditRetentionService,
    private readonly verification: AuditVerificationService,
  ) {}

  onApplicationBootstrap(): void {
    this.tendLater();
    this.#timer = setInterval(() => {
      this.tendLater();
    }, INTERVAL).unref();
  }

  async onApplicationShutdown(): Promise<void> {
    clearInterval(this.#timer);
    await this.#tending;
  }

  async tend(): Promise<void> {
    await this.partitions.prepare();
    await this.retention.retire();
    await this.tellHead();
  }

  /** Into the log, which whoever has the database does not have: a log book that was put back as a whole lacks it. */
  private async tellHead(): Promise<void> {
    const head = await this.verification.head();
    if (head !== undefined) this.#logger.log(`Head of the audit log: ${nameOf(head)}`);
  }

  private tendLater(): void {
    this.#tending = this.tend().catch(() => {
      this.#logger.warn('The months of the audit log are looked after later');
    });
  }
}
