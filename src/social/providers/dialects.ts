import * as oidc from 'openid-client';

export const APPLE = 'https://appleid.apple.com';

type Said = Pick<oidc.ServerMetadata, 'issuer' | 'scopes_supported'>;

/**
 * What is asked for. Names are left out where a provider lists what may be asked for without them: Apple refuses the
 * whole request otherwise, and gives an address only to who takes it in a form.
 */
export function askedOf({ issuer, scopes_supported: scopes }: Said): Record<string, string> {
  const hasNames = scopes === undefined || scopes.includes('profile');
  return {
    scope: hasNames ? 'openid email profile' : 'openid email',
    ...(issuer === APPLE && { response_mode: 'form_post' }),
  };
}

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
