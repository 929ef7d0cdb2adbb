import { Injectable } from '@nestjs/common';
import { KeyRing } from '../config/key-ring.js';
import { NewsService } from '../database/news/news.service.js';
import { RedisService } from '../database/redis/redis.service.js';
import type { SessionFact } from './session-fact.js';

/** Milliseconds that a fact may live, counted from when the database was asked. */
const LIFE = 5000;
/** Milliseconds in which nobody may put back what has ended; longer than any reading takes. */
const MOURNING = 30_000;
const PURPOSE = 'shared-session';

const READ = `return {redis.call('GET', KEYS[1]), redis.call('PTTL', KEYS[1])}`;
const WRITE = `if redis.call('EXISTS', KEYS[2]) == 0 then redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2]) end`;
const DROP = `redis.call('SET', KEYS[2], '1', 'PX', ARGV[1]) redis.call('DEL', KEYS[1])`;

export interface SharedFact {
  readonly fact: SessionFact;
  /** Milliseconds that it is still good for. */
  readonly life: number;
}

/**
 * Sessions that other nodes have read from the database lately. Redis is not trusted: what is in it was sealed by a
 * node, for this session, and is at most five seconds old. Whoever hears that a session changed takes it out and
 * leaves a mark, so that a slow reader cannot put it back. Whoever could not take it out, or has heard nothing for a
 * while, reads nothing here until what may be wrong is gone.
 */
@Injectable()
export class SharedSessionsService {
  #distrustUntil = 0;

  constructor(
    private readonly redis: RedisService,
    private readonly news: NewsService,
    private readonly ring: KeyRing,
  ) {
    if (redis.isConfigured) {
      news.onChange('sessions', (id) => {
        if (id === undefined) this.distrust();
        else void this.drop(id);
      });
    }
  }

  /** Undefined: ask the database. */
  async read(id: string): Promise<SharedFact | undefined> {
    if (!this.redis.isConfigured || !this.isTrusted()) return undefined;
    const found = await this.redis.ask((client) => client.eval(READ, 1, factKey(id)));
    const [text, life] = (found?.answer ?? [null, 0]) as [string | null, number];
    const fact = text === null ? undefined : this.open(id, text);
    // While it was being read, the news may have been lost.
    return fact && this.isTrusted() ? { fact, life: Math.max(1, life) } : undefined;
  }

  /** `readAt`: when the database was asked, as `performance.now()` has it. */
  async write(fact: SessionFact, readAt: number): Promise<void> {
    const life = Math.floor(LIFE - (performance.now() - readAt));
    if (!this.redis.isConfigured || life <= 0 || !this.news.isLive) return;
    const text = JSON.stringify({ ...fact, principal: undefined });
    const mac = this.ring.mac(PURPOSE, fact.id + text).toString('base64url');
    await this.redis.ask((client) =>
      client.eval(WRITE, 2, factKey(fact.id), markKey(fact.id), `${mac}.${text}`, life),
    );
  }

  private async drop(id: string): Promise<void> {
    const done = await this.redis.ask((client) =>
      client.eval(DROP, 2, factKey(id), markKey(id), MOURNING),
    );
    if (done === undefined) this.distrust();
  }

  private distrust(): void {
    this.#distrustUntil = performance.now() + LIFE + 100;
  }

  private isTrusted(): boolean {
    return this.news.isLive && performance.now() >= this.#distrustUntil;
  }

  private open(id: string, sealed: string): SessionFact | undefined {
    const dot = sealed.indexOf('.');
    const text = sealed.slice(dot + 1);
    const mac = Buffer.from(sealed.slice(0, dot), 'base64url');
    if (mac.length !== 32 || !this.ring.isMac(PURPOSE, id + text, mac)) return undefined;
    const fact = JSON.parse(text) as SessionFact;
    return { ...fact, authenticatedAt: new Date(fact.authenticatedAt) };
  }
}

const factKey = (id: string) => `gatehouse:session:${id}`;
const markKey = (id: string) => `gatehouse:ended:${id}`;
