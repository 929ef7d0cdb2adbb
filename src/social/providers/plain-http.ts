import * as oidc from 'openid-client';

/**
 * For a provider on this very machine, in development: the settings accept no other without TLS. It is the function of
 * the library itself, which looks for it by identity.
 */
export const withoutTls: (config: oidc.Configuration) => void =
  // eslint-disable-next-line @typescript-eslint/no-deprecated -- marked so only to be noticed
  oidc.allowInsecureRequests;
