/** Who somebody is at a provider, as far as it has proved it. */
export interface Identity {
  readonly issuer: string;
  readonly subject: string;
  /** Absent: it told none. */
  readonly email?: string;
  /** By the word of the provider. */
  readonly emailVerified: boolean;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly locale?: string;
}

/** By what a provider is asked in somebody's name. */
export interface ProviderTokens {
  readonly accessToken: string;
  /** Absent: it gave none. */
  readonly refreshToken?: string;
  /** What may be done with it; absent: it did not say. */
  readonly scope?: string;
  /** Seconds; absent: it did not say. */
  readonly expiresIn?: number;
}

/** Who came back, and what the provider gave along. */
export interface CameBack {
  readonly identity: Identity;
  readonly tokens: ProviderTokens;
}

/** What a way to a provider and back is tied together by. */
export interface Ties {
  readonly state: string;
  readonly nonce: string;
  /** PKCE, RFC 7636. */
  readonly codeVerifier: string;
  /** Ours, to the letter as it is registered with the provider. */
  readonly callbackUrl: string;
}

/** Somebody else's sign-in. To add a kind: write it, and name it in `providers.service.ts`. */
export abstract class SocialProvider {
  abstract readonly id: string;
  /** As people read it. */
  abstract readonly name: string;
  /** Whether the operator wants its tokens to be kept. */
  abstract readonly storesTokens: boolean;

  /** Where the browser is sent. @throws ProviderUnavailable */
  abstract authorizationUrl(ties: Ties): Promise<string>;

  /**
   * Who came back.
   *
   * @param search what the provider gave the browser to bring: `?code=…&state=…`
   * @throws ProviderRefused, ProviderUnavailable
   */
  abstract complete(search: string, ties: Ties): Promise<CameBack>;

  /** Who an ID token speaks of that an app got by itself. @throws ProviderRefused, ProviderUnavailable */
  abstract ofIdToken(idToken: string, nonce: string): Promise<Identity>;

  /**
   * New tokens for a refresh token. It may take longer than one waits for an answer: what comes late is not thrown away,
   * for the provider may take the former refresh token no more.
   *
   * @param subject whose they are
   * @throws SocialTokensGone, ProviderRefused, ProviderUnavailable
   */
  abstract refresh(refreshToken: string, subject: string): Promise<ProviderTokens>;
}
