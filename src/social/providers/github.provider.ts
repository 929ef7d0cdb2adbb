import * as oidc from 'openid-client';
import type { ProviderSettings } from '../../config/social-settings.js';
import { ProviderRefused } from '../social.errors.js';
import { claimsOf } from './claims.js';
import { withoutTls } from './plain-http.js';
import { outcomeOf } from './provider-answers.js';
import { type ProviderFetch } from './provider-fetch.js';
import { refreshed, tokensOf } from './provider-tokens.js';
import {
  type CameBack,
  type Identity,
  type ProviderTokens,
  SocialProvider,
  type Ties,
} from './social-provider.js';

const GITHUB = 'https://github.com';

interface Profile {
  readonly id?: unknown;
  readonly name?: unknown;
}

interface Address {
  readonly email?: unknown;
  readonly primary?: unknown;
  readonly verified?: unknown;
}

/**
 * GitHub speaks OAuth 2 and no OpenID Connect: who came is asked of its API, by the number that never changes, and the
 * address is the primary one of its list. An Enterprise Server is one by its own name (`SOCIAL_GITHUB_ISSUER`).
 */
export class GithubProvider extends SocialProvider {
  readonly id: string;
  readonly name: string;
  readonly storesTokens: boolean;
  readonly #scope: string;
  readonly #issuer: string;
  readonly #api: string;
  readonly #config: oidc.Configuration;

  constructor(
    settings: ProviderSettings,
    private readonly fetch: ProviderFetch,
  ) {
    super();
    const { id, name, clientId, clientSecret = '', issuer = GITHUB } = settings;
    this.id = id;
    this.name = name;
    this.storesTokens = settings.storeTokens;
    this.#scope = [...new Set(['read:user', 'user:email', ...settings.scopes])].join(' ');
    this.#issuer = issuer;
    this.#api = issuer === GITHUB ? 'https://api.github.com' : `${issuer}/api/v3`;
    this.#config = new oidc.Configuration(
      {
        issuer,
        authorization_endpoint: `${issuer}/login/oauth/authorize`,
        token_endpoint: `${issuer}/login/oauth/access_token`,
      },
      clientId,
      {},
      oidc.ClientSecretPost(clientSecret),
    );
    this.#config.timeout = 5;
    this.#config[oidc.customFetch] = fetch;
    if (issuer.startsWith('http:')) withoutTls(this.#config);
  }

  async authorizationUrl({ state, codeVerifier, callbackUrl }: Ties): Promise<string> {
    return oidc.buildAuthorizationUrl(this.#config, {
      redirect_uri: callbackUrl,
      scope: this.#scope,
      state,
      code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier),
      code_challenge_method: 'S256',
    }).href;
  }

  complete(search: string, { state, codeVerifier, callbackUrl }: Ties): Promise<CameBack> {
    return outcomeOf(async () => {
      const checks = { expectedState: state, pkceCodeVerifier: codeVerifier };
      const callback = new URL(callbackUrl + search);
      const tokens = await oidc.authorizationCodeGrant(this.#config, callback, checks);
      const [profile, addresses] = await Promise.all([
        this.ask<Profile>('/user', tokens.access_token),
        this.ask<readonly Address[]>('/user/emails', tokens.access_token),
      ]);
      const identity = this.identityOf(profile, Array.isArray(addresses) ? addresses : []);
      return { identity, tokens: tokensOf(tokens) };
    });
  }

  /** There is something to refresh where a GitHub App lets its tokens expire; those of an OAuth app do not. */
  refresh(refreshToken: string, subject: string): Promise<ProviderTokens> {
    return refreshed(() => this.#config, refreshToken, subject);
  }

  /** There are none. */
  ofIdToken(): Promise<Identity> {
    return Promise.reject(new ProviderRefused());
  }

  private identityOf({ id, name }: Profile, addresses: readonly Address[]): Identity {
    if (!Number.isSafeInteger(id) || Number(id) < 1) throw new ProviderRefused();
    const primary = addresses.find((each) => each.primary === true);
    return claimsOf({
      iss: this.#issuer,
      sub: String(id),
      email: primary?.email,
      email_verified: primary?.verified === true,
      given_name: name,
    });
  }

  private async ask<T>(path: string, accessToken: string): Promise<T> {
    const answer = await this.fetch(this.#api + path, {
      headers: {
        accept: 'application/vnd.github+json',
        authorization: `Bearer ${accessToken}`,
        'user-agent': 'gatehouse',
      },
    });
    if (!answer.ok) throw new Error(`status ${answer.status}`);
    return (await answer.json()) as T;
  }
}
