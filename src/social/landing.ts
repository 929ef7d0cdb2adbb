import type { LoginAnswer } from '../login/login.dto.js';

/** What the page is told that the browser is sent to. */
export type Told =
  | { readonly error: string }
  | { readonly linked: 'true' }
  | { readonly code: string }
  | LoginAnswer;

/**
 * The address with what happened in it. A code is worth nothing without its verifier and stands in the query; what opens
 * more stands in the fragment, which no server sees: a challenge for the second factor.
 */
export function landingUrl(redirectTo: string, told: Told): string {
  const url = new URL(redirectTo);
  if ('status' in told) {
    if (told.status !== 'two_factor_required') return url.href;
    const { status, challengeToken, methods, expiresIn } = told;
    const params = {
      status,
      challengeToken,
      methods: methods.join(','),
      expiresIn: `${expiresIn}`,
    };
    url.hash = new URLSearchParams(params).toString();
    return url.href;
  }
  for (const [name, value] of Object.entries(told)) url.searchParams.set(name, value);
  return url.href;
}
