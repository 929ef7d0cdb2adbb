import { baseUrl, domain, list, oneOf, type Parser, redirectTarget, text } from './parsers.js';
import { define, optional } from './setting-definition.js';
import type { Environment, Values } from './settings.js';

/** Who may come by a provider, and what it means for those who are here already. */
export const socialDefinitions = {
  SOCIAL_GOOGLE_CLIENT_ID: optional({
    parse: text,
    example: '1234.apps.googleusercontent.com',
    help: 'Sign in with Google: the client id that it is enabled by. docs/social-sign-in.md says where it comes from.',
  }),
  SOCIAL_GOOGLE_CLIENT_SECRET: optional({
    parse: text,
    example: 'GOCSPX-…',
    help: 'What Google knows this server by.',
  }),
  SOCIAL_GOOGLE_STORE_TOKENS: define({
    parse: oneOf('on', 'off'),
    fallback: 'off',
    help: 'on: what Google gives to ask it in the name of its users is kept, sealed, for the application. Like SOCIAL_<NAME>_SCOPES (what else is asked for, such as offline_access) it is there for every provider: SOCIAL_<NAME>_STORE_TOKENS.',
  }),
  SOCIAL_GITHUB_CLIENT_ID: optional({
    parse: text,
    example: 'Ov23li…',
    help: 'Sign in with GitHub: the client id that it is enabled by.',
  }),
  SOCIAL_GITHUB_CLIENT_SECRET: optional({
    parse: text,
    example: '0123456789abcdef…',
    help: 'What GitHub knows this server by. Any other provider of OpenID Connect is enabled by SOCIAL_<NAME>_ISSUER, SOCIAL_<NAME>_CLIENT_ID and, mostly, SOCIAL_<NAME>_CLIENT_SECRET.',
  }),
  SOCIAL_SIGNUP: define({
    parse: oneOf('on', 'off'),
    fallback: 'on',
    help: 'Whether a stranger may sign up through a provider.',
  }),
  SOCIAL_EMAIL_MATCH: define({
    parse: oneOf('reject', 'link'),
    fallback: 'reject',
    help: "What happens when the address of a stranger at a provider is already a user's. reject: sign in and link it. link: it is linked, if both sides have verified it.",
  }),
  PASSWORD_LOGIN: define({
    parse: oneOf('on', 'off'),
    fallback: 'on',
    help: 'off: nobody registers, signs in or gets a new password with a password; providers and passkeys alone open accounts.',
  }),
  SOCIAL_REDIRECTS: define({
    parse: list(redirectTarget),
    fallback: Object.freeze<string[]>([]),
    help: 'Exact addresses, beside all pages of PUBLIC_URL and CORS_ORIGINS, that people may be sent back to from a provider: com.example.app:/signed-in.',
  }),
} as const;

/** A provider as the environment has it. */
export interface ProviderSettings {
  /** `google`; names it in addresses. */
  readonly id: string;
  /** As people read it. */
  readonly name: string;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  /** Absent: one that is built in. Of `github`: an Enterprise Server of one's own. */
  readonly issuer: string | undefined;
  /** Beside `clientId`: for whom ID tokens may be made that apps hand in. */
  readonly nativeClientIds: readonly string[];
  /** Domains whose addresses it hands out itself, so that each counts as verified though it does not say so. */
  readonly verifiedDomains: readonly string[];
  /** Whether its tokens are kept for the application. */
  readonly storeTokens: boolean;
  /** What is asked for beside what a sign-in takes. */
  readonly scopes: readonly string[];
}

export interface SocialSettings {
  readonly signup: boolean;
  readonly emailMatch: 'reject' | 'link';
  readonly passwordLogin: boolean;
  readonly redirects: readonly string[];
  readonly providers: readonly ProviderSettings[];
}

export const socialSettings = (
  values: Values,
  providers: readonly ProviderSettings[],
): SocialSettings =>
  Object.freeze({
    signup: values.SOCIAL_SIGNUP === 'on',
    emailMatch: values.SOCIAL_EMAIL_MATCH,
    passwordLogin: values.PASSWORD_LOGIN === 'on',
    redirects: values.SOCIAL_REDIRECTS,
    providers,
  });

const NAMED =
  /^SOCIAL_([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*?)_(CLIENT_ID|CLIENT_SECRET|ISSUER|NAME|NATIVE_CLIENT_IDS|VERIFIED_DOMAINS|STORE_TOKENS|SCOPES)$/;
const BUILT_IN: Readonly<Record<string, string>> = { google: 'Google', github: 'GitHub' };

/**
 * `SOCIAL_<NAME>_CLIENT_ID` and the like, whatever the name.
 *
 * @param complain is told of each that makes no provider
 */
export function readProviders(
  environment: Environment,
  complain: (complaint: string) => void,
): readonly ProviderSettings[] {
  const found = new Map<string, Record<string, string>>();
  for (const [variable, value] of Object.entries(environment)) {
    const [, name, part] = NAMED.exec(variable) ?? [];
    const given = value?.trim();
    if (name === undefined || part === undefined || !given) continue;
    found.set(name, { ...found.get(name), [part]: given });
  }
  return [...found].flatMap(([name, parts]) => {
    try {
      return [providerOf(name, parts)];
    } catch (error) {
      complain((error as Error).message);
      return [];
    }
  });
}

function providerOf(name: string, parts: Readonly<Record<string, string>>): ProviderSettings {
  const id = name.toLowerCase().replaceAll('_', '-');
  const missing = missingIn(id, parts);
  if (missing !== undefined) throw new Error(`SOCIAL_${name}_${missing}`);
  return {
    id,
    name: parts['NAME'] ?? BUILT_IN[id] ?? id,
    clientId: parts['CLIENT_ID'] ?? '',
    clientSecret: parts['CLIENT_SECRET'],
    issuer: parts['ISSUER'] && issuerOf(name, parts['ISSUER']),
    nativeClientIds: list(text)(parts['NATIVE_CLIENT_IDS'] ?? ''),
    verifiedDomains: list(domain)(parts['VERIFIED_DOMAINS'] ?? ''),
    ...tokensOf(name, parts),
  };
}

const tokensOf = (name: string, parts: Readonly<Record<string, string>>) => ({
  storeTokens: named(name, 'STORE_TOKENS', oneOf('on', 'off'))(parts) === 'on',
  scopes: named(name, 'SCOPES', scopesOf)(parts) ?? [],
});

/** One of its settings, and a complaint that says which; undefined: it is not set. */
const named =
  <T>(name: string, part: string, parse: Parser<T>) =>
  ({ [part]: given }: Readonly<Record<string, string>>): T | undefined => {
    if (given === undefined) return undefined;
    try {
      return parse(given);
    } catch (cause) {
      throw new Error(`SOCIAL_${name}_${part} ${(cause as Error).message}`, { cause });
    }
  };

/** RFC 6749, 3.3; a comma stands in none that anybody uses. */
export const SCOPE = /^[\x21\x23-\x2b\x2d-\x5b\x5d-\x7e]{1,255}$/;

function scopesOf(value: string): readonly string[] {
  const scopes = value.split(/[\s,]+/).filter((each) => each !== '');
  if (scopes.every((each) => SCOPE.test(each))) return Object.freeze(scopes);
  throw new Error('must be scopes such as offline_access, with spaces or commas between');
}

/** What keeps it from being a provider; undefined: nothing. */
function missingIn(id: string, parts: Readonly<Record<string, string>>): string | undefined {
  const isBuiltIn = BUILT_IN[id] !== undefined;
  if (parts['CLIENT_ID'] === undefined) return 'CLIENT_ID must be set with the others';
  if (isBuiltIn && parts['CLIENT_SECRET'] === undefined) return 'CLIENT_SECRET must be set';
  if (!isBuiltIn && parts['ISSUER'] === undefined) {
    return 'ISSUER must be set: only google and github are built in';
  }
  return id === 'google' && parts['ISSUER'] !== undefined
    ? 'ISSUER is known already; give another provider another name'
    : undefined;
}

const THIS_MACHINE = new Set(['localhost', '127.0.0.1', '[::1]']);

/** To the letter: the provider says the same of itself. What it is sent and says is for nobody between. */
function issuerOf(name: string, value: string): string {
  try {
    baseUrl(value);
    const { protocol, hostname } = new URL(value);
    if (protocol !== 'https:' && !THIS_MACHINE.has(hostname)) {
      throw new Error('must be an https:// address: only on this very machine http:// will do');
    }
  } catch (cause) {
    throw new Error(`SOCIAL_${name}_ISSUER ${(cause as Error).message}`, { cause });
  }
  return value;
}
