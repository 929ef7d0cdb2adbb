import { Injectable } from '@nestjs/common';
import { KeyRing } from '../config/key-ring.js';
import { NewsService } from '../database/news/news.service.js';
import { RedisService } from '../database/redis/redis.service.js';
import { Lately } from './lately.js';
import type { SessionFact } from './session-fact.js';

/** Milliseconds that a fact may live, counted from when the database was asked. */
const LIFE = 5000;
/** How long what has ended is kept in mind; longer than anything lives that was read before. */
const MOURNING = LIFE + 100;
/** How many of them, before nothing is trusted instead. */
const MOST_MOURNED = 10_000;
const PURPOSE = 'shared-session/2';
/** What JSON has as text. */
const TIMES: ReadonlySet<string> = new Set(['authenticatedAt', 'twoFactorAt', 'enrollBy']);
/** Bytes; what is larger is not ours, and is not fetched. */
const MOST = 4095;

const WRITE = `if redis.call('EXISTS', KEYS[2]) == 0 then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end`;
const DROP = `redis.call('SET', KEYS[2], '1', 'PX', ARGV[1]) redis.call('DEL', KEYS[1])`;

interface Entry extends SessionFact {
  /** By the database's own clock. */
  readonly readAt: number;
}

export interface SharedFact {
  readonly fact: SessionFact;
  /** Milliseconds that it is still good for. */
  readonly life: number;
}

/**
 * Sessions that other nodes have read from the database lately. Redis is not trusted: what is in it was sealed by a
 * node, for this session, together with when the database was asked, and is not believed five seconds later by the
 * database's own clock, whatever life Redis gives it. Whoever hears that a session changed takes it out, leaves a mark,
 * so that a slow reader cannot put it back, and does not believe it meanwhile, should somebody have done so. Whoever
 * has heard nothing for a while reads nothing here until what may be wrong is gone.
 */
@Injectable()
export class SharedSessionsService {
  readonly #ended = new Lately(MOURNING, MOST_MOURNED);
  #distrustUntil = 0;

  constructor(
    private readonly redis: RedisService,
    private readonly news: NewsService,
    private readonly ring: KeyRing,
  ) {
    if (redis.isConfigured) {
      news.onChange('sessions', (id) => {
        if (id === undefined) this.distrust();
        else this.drop(id);
      });
    }
  }

  /** Undefined: ask the database. */
  async read(id: string): Promise<SharedFact | undefined> {
    if (!this.redis.isConfigured || !this.isTrusted(id)) return undefined;
    const found = await this.redis.ask((client) => client.getrange(factKey(id), 0, MOST));
    const entry = found && this.open(id, found.answer);
    // While it was being read, the session may have ended, or the news been lost.
    if (entry === undefined || !this.isTrusted(id)) return undefined;
    const { readAt, ...fact } = entry;
    const life = this.left(readAt);
    return life > 0 ? { fact, life } : undefined;
  }

  /** `readAt`: what the database's clock showed when it was asked. */
  async write(fact: SessionFact, readAt: number): Promise<void> {
    const life = this.left(readAt);
    if (!this.redis.isConfigured || this.#ended.has(fact.id) || life <= 0) return;
    const text = JSON.stringify({ ...fact, principal: undefined, readAt });
    const mac = this.ring.mac(PURPOSE, fact.id + text).toString('base64url');
    const keys = [factKey(fact.id), markKey(fact.id)] as const;
    await this.redis.ask((client) => client.eval(WRITE, 2, ...keys, `${mac}.${text}`, life));
  }

  /** Milliseconds that are left to what was read then; none if there is no telling. */
  private left(readAt: number): number {
    const now = this.news.databaseTime;
    return now === undefined || readAt > now ? 0 : Math.floor(readAt + LIFE - now);
  }

  /** Should Redis not do it, this node knows all the same, and others hear it for themselves. */
  private drop(id: string): void {
    if (!this.#ended.add(id)) this.distrust();
    void this.redis.ask((client) => client.eval(DROP, 2, factKey(id), markKey(id), MOURNING));
  }

  private distrust(): void {
    this.#distrustUntil = performance.now() + MOURNING;
  }

  private isTrusted(id: string): boolean {
    if (!this.news.isLive || performance.now() < this.#distrustUntil) return false;
    return !this.#ended.has(id);
  }

  private open(id: string, sealed: string): Entry | undefined {
    const dot = sealed.indexOf('.');
    const text = sealed.slice(dot + 1);
    const mac = Buffer.from(sealed.slice(0, dot), 'base64url');
    if (mac.length !== 32 || !this.ring.isMac(PURPOSE, id + text, mac)) return undefined;
    return JSON.parse(text, (name, value: unknown) =>
      TIMES.has(name) ? new Date(value as string) : value,
    ) as Entry;
  }
}

const factKey = (id: string) => `gatehouse:session:${id}`;
const markKey = (id: string) => `gatehouse:ended:${id}`;
