import * as oidc from 'openid-client';
import type { ProviderSettings } from '../../config/social-settings.js';

export const APPLE = 'https://appleid.apple.com';
export const GOOGLE = 'https://accounts.google.com';

type Said = Pick<oidc.ServerMetadata, 'issuer' | 'scopes_supported'>;

/** What the operator asks for. */
type Wanted = Pick<ProviderSettings, 'storeTokens' | 'scopes'>;

/**
 * What is asked for. Names are left out where a provider lists what may be asked for without them: Apple refuses the
 * whole request otherwise, and gives an address only to who takes it in a form.
 */
export function askedOf(
  { issuer, scopes_supported: supported }: Said,
  { storeTokens, scopes }: Wanted,
): Record<string, string> {
  const hasNames = supported === undefined || supported.includes('profile');
  const names = hasNames ? ['openid', 'email', 'profile'] : ['openid', 'email'];
  return {
    scope: [...new Set([...names, ...scopes])].join(' '),
    ...(issuer === APPLE && { response_mode: 'form_post' }),
    ...(issuer === GOOGLE ? storeTokens && OFFLINE_AT_GOOGLE : offline(scopes)),
  };
}

/** Google knows no such scope, and gives a refresh token only to who asks its users anew. */
const OFFLINE_AT_GOOGLE = { access_type: 'offline', prompt: 'consent' };

/** OpenID Connect Core, 11: the scope is left out where nobody is asked. */
const offline = (scopes: readonly string[]) =>
  scopes.includes('offline_access') && { prompt: 'consent' };

/** A secret goes in a header, as every provider should take it, unless this one says that it takes it in the body alone. */
export const knownBy =
  (secret: string | undefined): oidc.ClientAuth =>
  (provider, client, body, headers) => {
    if (secret === undefined) {
      oidc.None()(provider, client, body, headers);
      return;
    }
    const methods = provider.token_endpoint_auth_methods_supported ?? [];
    const isInBody =
      methods.includes('client_secret_post') && !methods.includes('client_secret_basic');
    const auth = isInBody ? oidc.ClientSecretPost(secret) : oidc.ClientSecretBasic(secret);
    auth(provider, client, body, headers);
  };
