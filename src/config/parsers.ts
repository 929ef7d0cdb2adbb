import { canonicalLocale } from '../common/locale.js';
import { redisAddress } from './redis-address.js';

/** Reads one setting from its text, or throws an Error that says what is wanted, never what was given. */
export type Parser<T> = (text: string) => T;

function refuse(wanted: string): never {
  throw new Error(`must be ${wanted}`);
}

export const text: Parser<string> = (value) => value;

export const integer =
  (min: number, max: number): Parser<number> =>
  (value) => {
    const number = /^\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
    if (!(number >= min && number <= max)) {
      refuse(`a whole number from ${String(min)} to ${String(max)}`);
    }
    return number;
  };

export const fraction: Parser<number> = (value) =>
  /^(0?\.\d{1,9}|0|1(\.0{1,9})?)$/.test(value) ? Number(value) : refuse('a number from 0 to 1');

export const oneOf =
  <const T extends string>(...choices: readonly T[]): Parser<T> =>
  (value) =>
    choices.find((choice) => choice === value) ?? refuse(choices.join(' or '));

/** A language tag (BCP 47). */
export const locale: Parser<string> = (value) =>
  canonicalLocale(value) ?? refuse('a language such as en or pt-BR');

/** An absolute URL of one of these schemes; `{token}` and the like may stand in it. */
export const url =
  (...schemes: readonly string[]): Parser<string> =>
  (value) => {
    const wanted = `an absolute URL (${schemes.map((scheme) => `${scheme}://…`).join(' or ')})`;
    if (!URL.canParse(value)) refuse(wanted);
    if (!schemes.includes(new URL(value).protocol.slice(0, -1))) refuse(wanted);
    return value;
  };

export const redisUrl: Parser<string> = (value) =>
  redisAddress(value) === undefined
    ? refuse('a URL (redis://…, rediss://… or redis+sentinel://host1,host2/name-of-the-master)')
    : value;

/** The URL that this server is known by: scheme, host, port and perhaps a path; no slash at the end. */
export const baseUrl: Parser<string> = (value) => {
  const parsed = new URL(url('http', 'https')(value));
  if (parsed.search || parsed.hash || parsed.username || parsed.password) {
    refuse('a URL without user, query or fragment');
  }
  return parsed.href.replace(/\/+$/, '');
};

/** A URL in which `{token}` stands where a one-time token is to be put. */
export const tokenUrl: Parser<string> = (value) => {
  if (!value.includes('{token}')) refuse('a URL that contains {token}');
  return url('http', 'https')(value);
};

export const list =
  <T>(item: Parser<T>): Parser<readonly T[]> =>
  (value) =>
    Object.freeze(
      value
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== '')
        .map(item),
    );

/** `example.com` */
export const DOMAIN = /^([a-z0-9]([a-z0-9-]*[a-z0-9])?\.)+(xn--[a-z0-9-]*[a-z0-9]|[a-z]{2,})$/i;

export const domain: Parser<string> = (value) =>
  DOMAIN.test(value) ? value.toLowerCase() : refuse('domains such as example.com, comma separated');

/** An exact origin, `https://app.example.com`: no path, no wildcard. */
export const origin: Parser<string> = (value) => {
  if (!URL.canParse(value) || new URL(value).origin !== value || value.includes('*')) {
    refuse('exact origins such as https://app.example.com, comma separated, without wildcards');
  }
  return value;
};

/** An exact address that an app is opened by: a page, or a scheme of its own (RFC 8252, 7.1). */
export const redirectTarget: Parser<string> = (value) => {
  const { protocol, hash } = URL.canParse(value) ? new URL(value) : { protocol: '', hash: '' };
  const isOwnScheme = /^[a-z][a-z0-9+-]*(\.[a-z0-9+-]+)+:$/.test(protocol);
  if (hash !== '' || !(protocol === 'https:' || isOwnScheme)) {
    refuse('exact addresses without a fragment, https://… or com.example.app:/…, comma separated');
  }
  return value;
};

/** What a browser or an app says that it is, as `clientDataJSON` has it. */
export const passkeyOrigin: Parser<string> = (value) =>
  /^(android:apk-key-hash|ios:bundle-id):[\w.-]+$/.test(value) ? value : origin(value);

/** What a caller shows to be let in: long enough that nobody guesses it. */
export const sharedSecret: Parser<string> = (value) =>
  /^[\w.~+/-]{32,200}={0,2}$/.test(value) ? value : refuse('at least 32 letters and digits');

/** At least 32 bytes in base64 or base64url. */
export const secretKey: Parser<Buffer> = (value) => {
  const wanted = 'base64 keys of at least 32 random bytes each, comma separated, newest first';
  if (!/^[\w+/-]+={0,2}$/.test(value)) refuse(wanted);
  const key = Buffer.from(value, 'base64');
  if (key.length < 32 || new Set(key).size < 8) refuse(wanted);
  return key;
};
