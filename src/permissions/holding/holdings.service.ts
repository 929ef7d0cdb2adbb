import { Injectable } from '@nestjs/common';
import { NewsService } from '../../database/news/news.service.js';
import { Remembered } from '../../database/news/remembered.js';
import { ANONYMOUS, HoldingsReaderService } from './holdings-reader.service.js';
import type { Holdings } from './holdings.js';

const MAX_HOLDERS = 100_000;
/** The key of who is not signed in; no user has it. */
const NOBODY = '';

/** What this node remembers of what users hold on every object. */
@Injectable()
export class HoldingsService {
  readonly #holdings: Remembered<Holdings>;

  constructor(news: NewsService, reader: HoldingsReaderService) {
    this.#holdings = new Remembered(news, {
      name: 'holdings',
      max: MAX_HOLDERS,
      load: async (id) => ({
        fact: await reader.read(id === NOBODY ? ANONYMOUS : { type: 'user', id }),
      }),
    });
    news.onChange('holdings', (id) => {
      if (id === undefined) this.#holdings.forgetAll();
      else this.#holdings.forget(id);
    });
  }

  /** Undefined: not in memory now. `userId` undefined: who is not signed in. */
  peek(userId: string | undefined): Holdings | undefined {
    return this.#holdings.peek(userId ?? NOBODY);
  }

  async find(userId: string | undefined): Promise<Holdings> {
    return (await this.#holdings.find(userId ?? NOBODY)) ?? NOTHING;
  }
}

const NOTHING: Holdings = { permissions: new Map(), groups: new Map() };
