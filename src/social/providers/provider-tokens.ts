import * as oidc from 'openid-client';
import { ProviderRefused, SocialTokensGone } from '../social.errors.js';
import { outcomeOf } from './provider-answers.js';
import type { ProviderTokens } from './social-provider.js';

type Answer = oidc.TokenEndpointResponse;

/** Longer than anything that is asked here may take: it is not given up on the way. */
const WHOLE = 12_000;
/** RFC 6749, 3.3: scopes with one space between. */
const SCOPES = /^[\x20\x21\x23-\x5b\x5d-\x7e]{1,1000}$/;

export function tokensOf(answer: Answer): ProviderTokens {
  const { access_token: accessToken, refresh_token: refreshToken, scope } = answer;
  const { expires_in: expiresIn } = answer;
  return {
    accessToken,
    ...(refreshToken !== undefined && { refreshToken }),
    ...(scope !== undefined && SCOPES.test(scope) && { scope }),
    ...(expiresIn !== undefined && { expiresIn }),
  };
}

/** @throws SocialTokensGone, ProviderRefused, ProviderUnavailable */
export function refreshed(
  configOf: () => oidc.Configuration | Promise<oidc.Configuration>,
  refreshToken: string,
  subject: string,
): Promise<ProviderTokens> {
  return outcomeOf(async () => {
    const config = await configOf();
    const answer = await oidc.refreshTokenGrant(config, refreshToken).catch(asGone);
    // OpenID Connect Core, 12.2: an ID token that comes along is of the same person.
    const { sub = subject } = answer.claims() ?? {};
    if (sub !== subject) throw new ProviderRefused();
    return tokensOf(answer);
  }, WHOLE);
}

/** It was taken back, or has ended. Anything else that a provider says no to is a matter of this server. */
const GONE = new Set<unknown>(['invalid_grant', 'bad_refresh_token']);

function asGone(error: unknown): never {
  throw GONE.has(refusalIn(error)) ? new SocialTokensGone() : error;
}

function refusalIn(error: unknown): unknown {
  if (error instanceof oidc.ResponseBodyError) return error.error;
  // GitHub says no with status 200, in which the library looks for a token.
  const { cause } = error as { cause?: { cause?: { body?: { error?: unknown } } } };
  return cause?.cause?.body?.error;
}
