import { setTimeout as pause } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import type { ProviderTokens, SocialProvider } from '../providers/social-provider.js';
import { ProviderUnavailable, SocialTokensGone } from '../social.errors.js';
import { type Claim, type KeptToken, TokenStore } from './token-store.service.js';

/** Milliseconds that whoever asks is kept waiting, at most. */
const PATIENCE = 5000;
/** Milliseconds between two looks at what another node does. */
const POLL = 100;

/**
 * Asks providers for new tokens: one at a time for each account, over all nodes, for many providers take a refresh token
 * once. Whoever is first claims it in the table, asks without holding a connection, and writes what came; the others look.
 */
@Injectable()
export class TokenRefreshes implements BeforeApplicationShutdown {
  readonly #underWay = new Map<string, Promise<KeptToken>>();

  constructor(private readonly store: TokenStore) {}

  /** What is being asked for is still written: the provider may take the former refresh token no more. */
  async beforeApplicationShutdown(): Promise<void> {
    await Promise.allSettled(this.#underWay.values());
  }

  /** @throws SocialTokensGone, ProviderUnavailable after five seconds at most */
  async fresh(provider: SocialProvider, id: string): Promise<KeptToken> {
    const late = new AbortController();
    const { signal } = late;
    try {
      return await Promise.race([
        this.shared(provider, id),
        pause(PATIENCE, undefined, { signal, ref: false }).then(asUnavailable),
      ]);
    } finally {
      late.abort();
    }
  }

  /** Whoever asks this node meanwhile waits for the same. It goes on when nobody waits any more. */
  private shared(provider: SocialProvider, id: string): Promise<KeptToken> {
    const underWay = this.#underWay.get(id);
    if (underWay !== undefined) return underWay;
    const work = this.done(provider, id).finally(() => this.#underWay.delete(id));
    work.catch(() => undefined);
    this.#underWay.set(id, work);
    return work;
  }

  private async done(provider: SocialProvider, id: string): Promise<KeptToken> {
    const end = performance.now() + PATIENCE;
    do {
      const claim = await this.store.claim(id, provider.id);
      const done = claim ? await this.carryOut(provider, claim) : await this.byAnother(id);
      if (done !== undefined) return done;
      await pause(POLL);
    } while (performance.now() < end);
    throw new ProviderUnavailable();
  }

  /** Undefined: she came back meanwhile, with other tokens. */
  private async carryOut(provider: SocialProvider, claim: Claim): Promise<KeptToken | undefined> {
    const tokens = await this.asked(provider, claim);
    if (tokens === undefined || !(await this.store.replace(claim, tokens))) return undefined;
    return this.store.read(claim.id);
  }

  /** Undefined: nothing comes of these any more, but she came back meanwhile with others. */
  private async asked(provider: SocialProvider, claim: Claim): Promise<ProviderTokens | undefined> {
    try {
      return await provider.refresh(claim.refreshToken, claim.subject);
    } catch (error) {
      if (error instanceof SocialTokensGone) {
        if (await this.store.remove(claim)) throw error;
        return undefined;
      }
      await this.store.release(claim);
      throw error instanceof ProviderUnavailable
        ? error
        : new ProviderUnavailable({ cause: error });
    }
  }

  /** What another node has brought by now; undefined: nothing yet. @throws SocialTokensGone */
  private async byAnother(id: string): Promise<KeptToken | undefined> {
    const kept = await this.store.read(id);
    if (kept === undefined || !(kept.isFresh || kept.isRefreshable)) throw new SocialTokensGone();
    return kept.isFresh ? kept : undefined;
  }
}

function asUnavailable(): never {
  throw new ProviderUnavailable({ cause: new Error('late') });
}
