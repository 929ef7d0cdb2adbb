import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Actor } from '../access/principal.js';
import { prepareJson } from '../common/http/prepared-json.js';
import { NewsService } from '../database/news/news.service.js';
import { Remembered } from '../database/news/remembered.js';
import { PreparedStatement } from '../database/prepared.js';
import { UserDto } from './user.dto.js';
import { UsersService } from './users.service.js';

const MAX_USERS = 100_000;
const MAX_PROFILES = 10_000;

interface ActorRow {
  readonly id: string;
  readonly is_staff: boolean;
  readonly is_superuser: boolean;
  readonly two_factor_due_at: Date | null;
}

// Index: users_pkey
const active = new PreparedStatement<ActorRow>(
  'users.active',
  'SELECT id, is_staff, is_superuser, two_factor_due_at FROM users WHERE id = $1 AND is_active',
);

/** What this node remembers of users: whether they are active, what they are, how they describe themselves. */
@Injectable()
export class KnownUsersService {
  readonly #actors: Remembered<Actor>;
  readonly #profiles: Remembered<UserDto>;

  constructor(
    news: NewsService,
    users: UsersService,
    private readonly dataSource: DataSource,
  ) {
    this.#actors = new Remembered(news, {
      name: 'users',
      max: MAX_USERS,
      load: (id) => this.loadActor(id),
    });
    this.#profiles = new Remembered(news, {
      name: 'profiles',
      max: MAX_PROFILES,
      load: async (id) => {
        const user = await users.findById(id);
        return user && { fact: prepareJson(UserDto.of(user)) };
      },
    });
    news.onChange('users', (id) => {
      for (const facts of [this.#actors, this.#profiles]) {
        if (id === undefined) facts.forgetAll();
        else facts.forget(id);
      }
    });
  }

  /** Undefined: not in memory now. */
  peekActor(id: string): Actor | undefined {
    return this.#actors.peek(id);
  }

  /** Undefined: there is no such user, or not an active one. */
  findActor(id: string): Promise<Actor | undefined> {
    return this.#actors.find(id);
  }

  /** Undefined: not in memory now. */
  peekProfile(id: string): UserDto | undefined {
    return this.#profiles.peek(id);
  }

  findProfile(id: string): Promise<UserDto | undefined> {
    return this.#profiles.find(id);
  }

  private async loadActor(id: string): Promise<{ fact: Actor } | undefined> {
    const [row] = await active.run(this.dataSource.manager, [id]);
    if (row === undefined) return undefined;
    const { is_staff: isStaff, is_superuser: isSuperuser, two_factor_due_at: twoFactorDueAt } = row;
    return { fact: { id, isStaff, isSuperuser, twoFactorDueAt } };
  }
}
