/** What is known when somebody comes from a provider. */
export interface Situation {
  /** Whether the identity (issuer, subject) is somebody's already. */
  readonly identity: 'unknown' | 'known';
  /** Whether the provider says that she has proved the address; none: it told no address. */
  readonly email: 'none' | 'unverified' | 'verified';
  /**
   * Who has that address here. registered: somebody who has never proved it; invited: an administrator made the account,
   * and nobody has been in; inactive: it is closed.
   */
  readonly account: 'none' | 'registered' | 'invited' | 'proved' | 'inactive';
}

export interface Policy {
  readonly signup: boolean;
  readonly emailMatch: 'reject' | 'link';
}

/**
 * sign_in: as whose the identity is. create: a new account. take_over: the account of the address begins anew and is
 * hers, for she has proved the address and whoever registered it never did. link: the identity becomes one of the
 * account's. account_exists: sign in first, then link. signup_closed, email_required, email_unverified: nobody new comes
 * so.
 */
export type Verdict =
  | 'sign_in'
  | 'create'
  | 'take_over'
  | 'link'
  | 'account_exists'
  | 'signup_closed'
  | 'email_required'
  | 'email_unverified';

/**
 * Whose account it is, from these facts alone. An address decides nothing that a provider has not verified, and never
 * which account an identity signs in to: that is its subject's (OpenID Connect Core, 5.7).
 */
export function whoseIsIt(situation: Situation, policy: Policy): Verdict {
  const { identity, email, account } = situation;
  if (identity === 'known') return 'sign_in';
  // Nothing is said of accounts to who has proved nothing.
  if (email !== 'verified') return policy.signup ? REFUSED[email] : 'signup_closed';
  if (account === 'none') return policy.signup ? 'create' : 'signup_closed';
  return ofTheirs(account, policy);
}

/** Somebody has the address here that she has proved there. */
function ofTheirs(
  account: Exclude<Situation['account'], 'none'>,
  { signup, emailMatch }: Policy,
): Verdict {
  if (account === 'inactive') return 'account_exists';
  if (account === 'registered') return signup ? 'take_over' : 'signup_closed';
  return emailMatch === 'link' ? 'link' : 'account_exists';
}

const REFUSED = { none: 'email_required', unverified: 'email_unverified' } as const;
