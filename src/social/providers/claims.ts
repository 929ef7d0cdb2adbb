import { INVISIBLE } from '../../common/fields.js';
import { canonicalEmail } from '../../users/canonical-email.js';
import { ProviderRefused } from '../social.errors.js';
import type { Identity } from './social-provider.js';

/** OpenID Connect Core, 2. */
const LONGEST_SUBJECT = 255;
const LONGEST_EMAIL = 254;
const LONGEST_NAME = 150;

/** An identity by the claims of a token that was verified; strangers' text is bounded, and what has not the right shape left out. */
export function claimsOf(claims: Readonly<Record<string, unknown>>): Identity {
  const { iss: issuer, sub: subject } = claims;
  if (typeof issuer !== 'string' || typeof subject !== 'string') throw new ProviderRefused();
  if (subject === '' || subject.length > LONGEST_SUBJECT || /[^\x20-\x7e]/.test(subject)) {
    throw new ProviderRefused();
  }
  const email = addressOf(claims['email']);
  // Apple says it in a text.
  const emailVerified = claims['email_verified'] === true || claims['email_verified'] === 'true';
  return {
    issuer,
    subject,
    emailVerified: email !== undefined && emailVerified,
    ...optional('email', email),
    ...optional('firstName', textOf(claims['given_name'], LONGEST_NAME)),
    ...optional('lastName', textOf(claims['family_name'], LONGEST_NAME)),
    ...optional('locale', textOf(claims['locale'], 35)),
  };
}

/** The operator's word for the addresses of these domains: the provider hands them out, and says nothing of it. */
export function vouchedFor(identity: Identity, domains: readonly string[]): Identity {
  const domain = canonicalEmail(identity.email ?? '')
    ?.split('@')
    .at(-1);
  return domain !== undefined && domains.includes(domain)
    ? { ...identity, emailVerified: true }
    : identity;
}

const optional = <K extends string>(name: K, value: string | undefined) =>
  (value === undefined ? {} : { [name]: value }) as Partial<Record<K, string>>;

/** One that can be registered here; what is none, or may be read in two ways, is left out. */
function addressOf(value: unknown): string | undefined {
  const text = textOf(value, LONGEST_EMAIL);
  return text !== undefined && canonicalEmail(text) !== undefined ? text : undefined;
}

/** As every text of one line that people type here. */
function textOf(value: unknown, longest: number): string | undefined {
  if (typeof value !== 'string' || INVISIBLE.test(value)) return undefined;
  const text = value.trim();
  return text === '' || text.length > longest ? undefined : text;
}
