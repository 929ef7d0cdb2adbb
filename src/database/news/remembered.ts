import type { LRUCache } from 'lru-cache';
import { lruOf } from '../../common/lru.js';
import type { NewsService } from './news.service.js';

/** Milliseconds after which a fact is read again, whatever was heard: the last resort. */
export const TIME_LIMIT = 5000;

/** A fact that was read. */
export interface Recent<T> {
  readonly fact: T;
  /** Milliseconds that it is good for, where somebody else has read it a while ago. */
  readonly life?: number;
}

export interface RememberedOptions<T> {
  /** Of what, in the plural: so it is called in the metrics. */
  readonly name: string;
  /** How many; the least recently used is forgotten first. */
  readonly max: number;
  readonly load: (key: string) => Promise<Recent<T> | undefined>;
}

/** A fact on its way from the database; whatever is said of it meanwhile takes it out of the list. */
interface Reading<T> {
  fact: Promise<T | undefined>;
}

/**
 * Facts that a node holds in memory so that the hot path reads no database. A fact is forgotten as soon as
 * the news say that it changed; one that is being read while they arrive is not kept; without the news
 * channel none is. What is not there is not remembered: nobody can fill the memory with guesses.
 */
export class Remembered<T extends object> {
  readonly #facts: LRUCache<string, T>;
  readonly #readings = new Map<string, Reading<T>>();
  #found = 0;
  #missed = 0;

  constructor(
    private readonly news: NewsService,
    private readonly options: RememberedOptions<T>,
  ) {
    this.#facts = lruOf<T>(options.max, { ttl: TIME_LIMIT });
    news.remembered.add(this);
  }

  /** Undefined: not in memory, or not to be trusted now. */
  peek(key: string): T | undefined {
    const fact = this.news.isLive ? this.#facts.get(key) : undefined;
    if (fact !== undefined) this.#found += 1;
    return fact;
  }

  get name(): string {
    return this.options.name;
  }

  get size(): number {
    return this.#facts.size;
  }

  /** How often a fact was in memory. */
  get found(): number {
    return this.#found;
  }

  /** How often one had to be read. */
  get missed(): number {
    return this.#missed;
  }

  /** From memory, or read; many who ask at once share one reading. */
  find(key: string): Promise<T | undefined> {
    const known = this.peek(key);
    if (known !== undefined) return Promise.resolve(known);
    const underWay = this.#readings.get(key);
    if (underWay !== undefined) return underWay.fact;
    this.#missed += 1;
    const reading: Reading<T> = { fact: Promise.resolve(undefined) };
    this.#readings.set(key, reading);
    reading.fact = this.read(key, reading);
    return reading.fact;
  }

  private async read(key: string, reading: Reading<T>): Promise<T | undefined> {
    try {
      const recent = await this.options.load(key);
      const unchanged = this.#readings.get(key) === reading;
      if (recent !== undefined && unchanged && this.news.isLive) {
        this.#facts.set(key, recent.fact, { ttl: Math.min(recent.life ?? TIME_LIMIT, TIME_LIMIT) });
      }
      return recent?.fact;
    } finally {
      if (this.#readings.get(key) === reading) this.#readings.delete(key);
    }
  }

  /** Whoever asks from now on starts a reading of its own. */
  forget(key: string): void {
    this.#facts.delete(key);
    this.#readings.delete(key);
  }

  forgetAll(): void {
    this.#facts.clear();
    this.#readings.clear();
  }
}
