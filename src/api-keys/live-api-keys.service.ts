import { Injectable } from '@nestjs/common';
import type { Actor, Principal } from '../access/principal.js';
import { Clock } from '../common/clock.js';
import { NewsService } from '../database/news/news.service.js';
import { Remembered } from '../database/news/remembered.js';
import { KnownUsersService } from '../users/known-users.service.js';
import type { ApiKeyFact } from './api-key-fact.js';
import { ApiKeyReaderService } from './api-key-reader.service.js';

const MAX_KEYS = 100_000;

/** API keys as the door sees them: from memory, or else by one indexed read. */
@Injectable()
export class LiveApiKeysService {
  readonly #keys: Remembered<ApiKeyFact>;

  constructor(
    private readonly news: NewsService,
    reader: ApiKeyReaderService,
    private readonly users: KnownUsersService,
    private readonly clock: Clock,
  ) {
    this.#keys = new Remembered(news, {
      name: 'api-keys',
      max: MAX_KEYS,
      load: async (id) => {
        const fact = await reader.read(id);
        return fact && { fact };
      },
    });
    news.onChange('api_keys', (id) => {
      if (id === undefined) this.#keys.forgetAll();
      else this.#keys.forget(id);
    });
  }

  /** Undefined: not in memory now. */
  peek(id: string): ApiKeyFact | undefined {
    return this.#keys.peek(id);
  }

  /** Undefined: there is none. It may open nothing: see `isOpen`. */
  find(id: string): Promise<ApiKeyFact | undefined> {
    return this.#keys.find(id);
  }

  /** Neither revoked, switched off, too early nor over. */
  isOpen({ isOff, startsAt, endsAt }: ApiKeyFact): boolean {
    const now = this.news.atLeast(this.clock.millis());
    return !isOff && now >= startsAt && now < endsAt;
  }

  /** Whose requests it carries, if that is in memory. Undefined: ask `findPrincipal`. */
  peekPrincipal(key: ApiKeyFact): Principal | undefined {
    const actor = this.users.peekActor(key.userId);
    return actor && principalOf(key, actor);
  }

  /** Undefined: its owner is gone or not active. */
  async findPrincipal(key: ApiKeyFact): Promise<Principal | undefined> {
    const actor = await this.users.findActor(key.userId);
    return actor && principalOf(key, actor);
  }
}

function principalOf(key: ApiKeyFact, actor: Actor): Principal {
  if (key.principal?.user === actor) return key.principal;
  return (key.principal = {
    user: actor,
    via: 'api-key',
    apiKeyId: key.id,
    methods: [],
    ...(key.scopes && { scopes: key.scopes }),
  });
}
