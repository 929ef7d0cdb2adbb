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

  /** Where the browser is sent. @throws ProviderUnavailable */
  abstract authorizationUrl(ties: Ties): Promise<string>;

  /**
   * Who came back.
   *
   * @param search what the provider gave the browser to bring: `?code=…&state=…`
   * @throws ProviderRefused, ProviderUnavailable
   */
  abstract complete(search: string, ties: Ties): Promise<Identity>;

  /** Who an ID token speaks of that an app got by itself. @throws ProviderRefused, ProviderUnavailable */
  abstract ofIdToken(idToken: string, nonce: string): Promise<Identity>;
}
