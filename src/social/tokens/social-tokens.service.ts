import { Injectable } from '@nestjs/common';
import { ProvidersService } from '../providers/providers.service.js';
import { TokenRefreshes } from './token-refreshes.service.js';
import { type KeptToken, TokenStore } from './token-store.service.js';

/** What a provider is asked with in somebody's name. Never log it, keep it or hand it on to a browser. */
export interface ProviderAccessToken {
  readonly token: string;
  /** What may be done with it, as the provider said; undefined: it did not. */
  readonly scope: string | undefined;
  /** Undefined: the provider did not say. */
  readonly expiresAt: Date | undefined;
}

/** Tokens of providers for the application, where `SOCIAL_<NAME>_STORE_TOKENS` is on. */
@Injectable()
export class SocialTokensService {
  constructor(
    private readonly providers: ProvidersService,
    private readonly store: TokenStore,
    private readonly refreshes: TokenRefreshes,
  ) {}

  /**
   * Good for another minute at least, if the provider gives any that are. Undefined: there is none, because she has not
   * come by this provider since its tokens are kept, has unlinked it, or is not active.
   *
   * @param provider its id in addresses
   * @throws SocialTokensGone she has to sign in with the provider again
   * @throws ProviderUnavailable within five seconds; nothing is lost
   */
  async accessToken(userId: string, provider: string): Promise<ProviderAccessToken | undefined> {
    const found = await this.providers.find(provider);
    if (found?.storesTokens !== true) return undefined;
    const kept = await this.store.find(userId, provider);
    if (kept === undefined) return undefined;
    return given(kept.isFresh ? kept : await this.refreshes.fresh(found, kept.id));
  }
}

const given = ({ token, scope, expiresAt }: KeptToken): ProviderAccessToken => ({
  token,
  scope: scope ?? undefined,
  expiresAt: expiresAt ?? undefined,
});
