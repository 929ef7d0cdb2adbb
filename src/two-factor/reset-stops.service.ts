import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { Caller } from '../common/http/caller.js';
import { lockUser } from '../users/lock-user.js';
import type { User } from '../users/user.entity.js';
import { ResetNews, type Stop } from './reset-news.service.js';
import { TwoFactorResets } from './two-factor-resets.service.js';

/** Keeps somebody's second factors from being taken away. */
@Injectable()
export class ResetStops {
  constructor(
    private readonly dataSource: DataSource,
    private readonly resets: TwoFactorResets,
    private readonly news: ResetNews,
  ) {}

  /** By the owner: it needs no proof but her session, for nothing is lost by it. False: none waits. */
  byOwner(userId: string, caller: Caller): Promise<boolean> {
    return this.stopOwn(userId, { by: 'owner', actorId: userId, caller });
  }

  /** Whoever shows a second factor has not lost all of them. False: none waits. */
  async byProof(userId: string, caller: Caller | undefined): Promise<boolean> {
    if ((await this.resets.pending(userId)) === undefined) return false;
    return this.stopOwn(userId, { by: 'second_factor', actorId: userId, caller });
  }

  /** In the transaction of a caller who holds the lock of the user. False: none waits. */
  async stop(manager: EntityManager, user: User, stop: Stop): Promise<boolean> {
    if ((await this.resets.take(manager, user.id)) === undefined) return false;
    await this.news.stopped(manager, user, stop);
    return true;
  }

  private stopOwn(userId: string, stop: Stop): Promise<boolean> {
    return this.dataSource.transaction(async (manager) => {
      const locked = await lockUser(manager, userId);
      return locked !== undefined && this.stop(manager, locked.user, stop);
    });
  }
}
