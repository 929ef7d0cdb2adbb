import {
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditErasureService } from '../../audit/audit-erasure.service.js';
import { AuditService } from '../../audit/audit.service.js';
import { LeavingUsersService } from '../../users/leaving-users.service.js';
import { LeavingMailsService } from './leaving-mails.service.js';

/** Milliseconds between two sweeps. */
const INTERVAL = 300_000;

/**
 * Makes deletions final, one account a transaction: many nodes may sweep at once, and each can be stopped
 * anywhere. The sooner of an undo and this has the row, and the other finds it changed.
 */
@Injectable()
export class DeletionSweepService implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #logger = new Logger('Account');
  #timer: NodeJS.Timeout | undefined;
  #stopping = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly users: LeavingUsersService,
    private readonly erasure: AuditErasureService,
    private readonly audit: AuditService,
    private readonly mails: LeavingMailsService,
  ) {}

  onApplicationBootstrap(): void {
    this.#timer = setInterval(() => {
      this.sweep().catch(() => {
        this.#logger.warn('Accounts that are due are deleted later');
      });
    }, INTERVAL).unref();
  }

  onApplicationShutdown(): void {
    this.#stopping = true;
    clearInterval(this.#timer);
  }

  /** Returns how many accounts were deleted. */
  async sweep(): Promise<number> {
    let deleted = 0;
    while (!this.#stopping && (await this.deleteOne())) deleted++;
    if (deleted > 0) this.mails.wake();
    return deleted;
  }

  private deleteOne(): Promise<boolean> {
    return this.dataSource.transaction(async (manager) => {
      const user = await this.users.takeDue(manager);
      if (user === undefined) return false;
      await this.mails.sayGoodbye(manager, user);
      await this.erasure.erase(manager, user.id);
      await this.audit.record(manager, {
        action: 'account_deleted',
        outcome: 'success',
        subjectId: user.id,
      });
      await this.users.remove(manager, user.id);
      return true;
    });
  }
}
