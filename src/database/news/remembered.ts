import { LRUCache } from 'lru-cache';
import type { NewsService } from './news.service.js';

/** Milliseconds after which a fact is read again, whatever was heard: the last resort. */
const TIME_LIMIT = 5000;

export interface RememberedOptions<T> {
  /** How many; the least recently used is forgotten first. */
  readonly max: number;
  readonly load: (key: string) => Promise<T | undefined>;
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

  constructor(
    private readonly news: NewsService,
    private readonly options: RememberedOptions<T>,
  ) {
    this.#facts = new LRUCache({ max: options.max, ttl: TIME_LIMIT, ttlResolution: 100 });
  }

  /** Undefined: not in memory, or not to be trusted now. */
  peek(key: string): T | undefined {
    return this.news.isLive ? this.#facts.get(key) : undefined;
  }

  get size(): number {
    return this.#facts.size;
  }

  /** From memory, or read; many who ask at once share one reading. */
  find(key: string): Promise<T | undefined> {
    const known = this.peek(key);
    if (known !== undefined) return Promise.resolve(known);
    const underWay = this.#readings.get(key);
    if (underWay !== undefined) return underWay.fact;
    const reading: Reading<T> = { fact: this.options.load(key) };
    this.#readings.set(key, reading);
    reading.fact = this.keep(key, reading);
    return reading.fact;
  }

  private async keep(key: string, reading: Reading<T>): Promise<T | undefined> {
    try {
      const fact = await reading.fact;
      const unchanged = this.#readings.get(key) === reading;
      if (fact !== undefined && unchanged && this.news.isLive) this.#facts.set(key, fact);
      return fact;
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
