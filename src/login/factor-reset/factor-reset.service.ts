import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ResetNews } from '../../two-factor/reset-news.service.js';
import { TwoFactorResets } from '../../two-factor/two-factor-resets.service.js';
import { lockUser } from '../../users/lock-user.js';
import type { User } from '../../users/user.entity.js';
import { FactorRemoval } from './factor-removal.service.js';
import { RequesterService } from './requester.service.js';

/** Carries out what an administrator asked for, once the owner had time enough to stop it. */
@Injectable()
export class FactorResetService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly resets: TwoFactorResets,
    private readonly requester: RequesterService,
    private readonly removal: FactorRemoval,
    private readonly news: ResetNews,
  ) {}

  /** One that is due, whosever it is. False: none is, or others have them in hand. */
  executeOne(): Promise<boolean> {
    return this.dataSource.transaction(async (manager) => {
      const id = await this.resets.lockOneDue(manager);
      const locked = id === undefined ? undefined : await lockUser(manager, id);
      if (locked === undefined) return false;
      await this.execute(manager, locked.user);
      return true;
    });
  }

  /**
   * That of somebody who is signing in, so that she does not wait for the next sweep. Returns her as she is now; what she
   * has just proved counts if it is still what she had. Undefined: nothing was due.
   */
  async executeFor(user: User): Promise<User | undefined> {
    if (!(await this.resets.isDue(user.id))) return undefined;
    return this.dataSource.transaction(async (manager) => {
      const locked = await lockUser(manager, user.id);
      const proved = user.credentialsChangedAt.getTime();
      if (locked?.user.credentialsChangedAt.getTime() !== proved) return undefined;
      const credentialsChangedAt = await this.execute(manager, locked.user);
      return credentialsChangedAt && Object.assign(locked.user, { credentialsChangedAt });
    });
  }

  /** The user is locked. Undefined: somebody stopped it, or nobody may ask for it any more. */
  private async execute(manager: EntityManager, user: User): Promise<Date | undefined> {
    const reset = await this.resets.takeDue(manager, user.id);
    if (reset === undefined) return undefined;
    if (!(await this.requester.mayStill(manager, reset, user))) {
      await this.news.stopped(manager, user, { by: 'right_lost' });
      return undefined;
    }
    const { since } = await this.removal.remove(manager, user.id);
    await this.news.done(manager, user, reset);
    return since;
  }
}
