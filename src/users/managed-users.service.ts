import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, type SelectQueryBuilder } from 'typeorm';
import { Clock } from '../common/clock.js';
import { afterCommit } from '../database/after-commit.js';
import { NewsService } from '../database/news/news.service.js';
import { lastSuperuser } from './last-superuser.js';
import type { NewUser } from './new-user.js';
import type { ProfileDto } from './user.dto.js';
import { User } from './user.entity.js';
import { UsersService } from './users.service.js';

type Flags = Pick<User, 'isActive' | 'isStaff' | 'isSuperuser'>;

/** What an administrator may say of a user. */
export type Managed = Pick<ProfileDto, keyof ProfileDto> & Partial<Flags>;

/** Users as administrators find, make and change them. */
@Injectable()
export class ManagedUsersService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly users: UsersService,
    private readonly clock: Clock,
    private readonly news: NewsService,
  ) {}

  /**
   * All people, or those with these flags. What few have an index tells (users_staff, users_superusers, users_inactive);
   * what most have is met along the key.
   */
  find(flags: Partial<Flags>): SelectQueryBuilder<User> {
    const query = this.dataSource
      .getRepository(User)
      .createQueryBuilder('user')
      .where('NOT user.isServiceAccount');
    // Words of our own, no parameters: the planner is to recognize the conditions of the indexes.
    for (const flag of ['isActive', 'isStaff', 'isSuperuser'] as const) {
      if (flags[flag] !== undefined) query.andWhere(`${flags[flag] ? '' : 'NOT '}user.${flag}`);
    }
    return query;
  }

  /** In the place of whoever registered the address and never proved it, if need be. Undefined: it is taken. */
  async invite(
    manager: EntityManager,
    given: Omit<NewUser, 'passwordHash'>,
  ): Promise<string | undefined> {
    const user = { ...given, passwordHash: null, invited: true };
    const made =
      (await this.users.create(manager, user)) ?? (await this.users.replaceUnproved(manager, user));
    return made?.id;
  }

  /** Whether nobody else is a superuser. */
  async isLastSuperuser(
    manager: EntityManager,
    { id, isActive, isSuperuser }: Pick<User, 'id' | 'isActive' | 'isSuperuser'>,
  ): Promise<boolean> {
    if (!isActive || !isSuperuser) return false;
    const [other] = await manager.query<unknown[]>(
      'SELECT 1 FROM users WHERE is_superuser AND is_active AND id <> $1 LIMIT 1', // users_superusers
      [id],
    );
    return other === undefined;
  }

  /** The caller holds the lock of the user, and ends her sessions where she is to be nobody. @throws LastSuperuser */
  async change(manager: EntityManager, id: string, changed: Managed): Promise<void> {
    await manager
      .createQueryBuilder()
      .update(User)
      .set({ ...changed, updatedAt: this.clock.now() })
      .where('id = :id', { id }) // users_pkey
      .execute()
      .catch(lastSuperuser);
    afterCommit(manager, () => {
      this.news.tell('users', id);
    });
  }
}
