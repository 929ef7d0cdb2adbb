import { createRemoteJWKSet, customFetch as joseFetch, type JWTPayload, jwtVerify } from 'jose';
import * as oidc from 'openid-client';
import type { ProviderSettings } from '../../config/social-settings.js';
import { ProviderRefused, ProviderUnavailable } from '../social.errors.js';
import { isOfAccessToken } from './access-token-hash.js';
import { claimsOf, vouchedFor } from './claims.js';
import { askedOf, GOOGLE, knownBy } from './dialects.js';
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

/** Milliseconds for which what the provider says of itself is believed. */
const LIFE = 3_600_000;
/** Never `none`, never an HMAC: those keys are no secret between us. */
const ALGORITHMS = [
  'RS256',
  'PS256',
  'ES256',
  'RS384',
  'PS384',
  'ES384',
  'RS512',
  'PS512',
  'ES512',
  'EdDSA',
  'Ed25519',
];
/** Seconds that the clocks may differ, and how old an ID token of an app may be. */
const TOLERANCE = 30;
const MAX_AGE = 600;

interface Known {
  readonly config: oidc.Configuration;
  readonly keys: ReturnType<typeof createRemoteJWKSet>;
  readonly until: number;
}

/** Any provider of OpenID Connect, by discovery. */
export class OidcProvider extends SocialProvider {
  readonly id: string;
  readonly name: string;
  readonly storesTokens: boolean;
  #known: Promise<Known> | undefined;

  constructor(
    private readonly settings: ProviderSettings,
    private readonly fetch: ProviderFetch,
  ) {
    super();
    this.id = settings.id;
    this.name = settings.name;
    this.storesTokens = settings.storeTokens;
  }

  authorizationUrl({ state, nonce, codeVerifier, callbackUrl }: Ties): Promise<string> {
    return outcomeOf(async () => {
      const { config } = await this.discovered();
      return oidc.buildAuthorizationUrl(config, {
        redirect_uri: callbackUrl,
        ...askedOf(config.serverMetadata(), this.settings),
        state,
        nonce,
        code_challenge: await oidc.calculatePKCECodeChallenge(codeVerifier),
        code_challenge_method: 'S256',
      }).href;
    });
  }

  complete(search: string, { state, nonce, codeVerifier, callbackUrl }: Ties): Promise<CameBack> {
    return outcomeOf(async () => {
      const { config } = await this.discovered();
      const tokens = await oidc.authorizationCodeGrant(config, new URL(callbackUrl + search), {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: codeVerifier,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (claims === undefined || !this.isForUs(claims)) throw new ProviderRefused();
      if (!isOfAccessToken(tokens)) throw new ProviderRefused();
      const told = await this.toldOf(config, tokens.access_token, claims);
      return { identity: this.identityOf(told), tokens: tokensOf(tokens) };
    });
  }

  refresh(refreshToken: string, subject: string): Promise<ProviderTokens> {
    return refreshed(async () => (await this.discovered()).config, refreshToken, subject);
  }

  ofIdToken(idToken: string, nonce: string): Promise<Identity> {
    return outcomeOf(async () => {
      const { config, keys } = await this.discovered();
      const { payload } = await jwtVerify(idToken, keys, {
        issuer: config.serverMetadata().issuer,
        audience: this.audiences(),
        algorithms: ALGORITHMS,
        requiredClaims: ['exp', 'iat', 'sub', 'nonce'],
        maxTokenAge: MAX_AGE,
        clockTolerance: TOLERANCE,
      });
      if (payload['nonce'] !== nonce || !this.isForUs(payload)) throw new ProviderRefused();
      return this.identityOf(payload);
    });
  }

  private identityOf(claims: Readonly<Record<string, unknown>>): Identity {
    return vouchedFor(claimsOf(claims), this.settings.verifiedDomains);
  }

  /** OpenID Connect Core, 3.1.3.7: of more than one audience the party that it was made for must be one of ours. */
  private isForUs({ aud, azp }: Pick<JWTPayload, 'aud'> & { azp?: unknown }): boolean {
    if (azp !== undefined) return this.audiences().includes(azp as string);
    return !Array.isArray(aud) || aud.length === 1;
  }

  private audiences(): string[] {
    return [this.settings.clientId, ...this.settings.nativeClientIds];
  }

  private async toldOf(
    config: oidc.Configuration,
    accessToken: string,
    claims: oidc.IDToken,
  ): Promise<Record<string, unknown>> {
    if (claims['email'] !== undefined) return claims;
    const more = await this.userInfo(config, accessToken, claims.sub);
    // Whether it is verified is said of an address, where the address is.
    const { email, email_verified } = more;
    return { ...more, ...claims, email, email_verified };
  }

  /** What the ID token leaves out; of the same subject, or it is refused (OpenID Connect Core, 5.3.2). */
  private async userInfo(
    config: oidc.Configuration,
    accessToken: string,
    subject: string,
  ): Promise<Record<string, unknown>> {
    if (config.serverMetadata().userinfo_endpoint === undefined) return {};
    return oidc.fetchUserInfo(config, accessToken, subject);
  }

  /** Once an hour; what failed is asked again by the next, and by nobody else at the same time. */
  private async discovered(): Promise<Known> {
    const before = this.#known;
    const known = await before?.catch(() => undefined);
    if (known !== undefined && known.until > Date.now()) return known;
    if (this.#known === before || this.#known === undefined) {
      this.#known = outcomeOf(() => this.discover()).catch(asAway);
    }
    return this.#known;
  }

  private async discover(): Promise<Known> {
    const { clientId, clientSecret, issuer = GOOGLE } = this.settings;
    const config = await oidc.discovery(new URL(issuer), clientId, {}, knownBy(clientSecret), {
      timeout: 5,
      [oidc.customFetch]: this.fetch,
      execute: [
        oidc.enableNonRepudiationChecks,
        ...(issuer.startsWith('http:') ? [withoutTls] : []),
      ],
    });
    const { jwks_uri: keysUrl = '', issuer: said } = config.serverMetadata();
    // The library lets Entra's `common` pass, with which every tenant there would speak for every address.
    if (new URL(said).href !== new URL(issuer).href) throw new Error('another issuer');
    if (issuer.startsWith('https:') && !keysUrl.startsWith('https:')) {
      throw new Error('keys that anybody could have sent');
    }
    const keys = createRemoteJWKSet(new URL(keysUrl), {
      timeoutDuration: 5000,
      [joseFetch]: this.fetch,
    });
    return { config, keys, until: Date.now() + LIFE };
  }
}

/** What is wrong with what it says of itself is nothing that whoever wants to sign in has brought. */
function asAway(error: unknown): never {
  throw error instanceof ProviderRefused ? new ProviderUnavailable({ cause: error.cause }) : error;
}
