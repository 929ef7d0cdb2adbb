import { transportOf } from '../../../src/cli/check/database-url.js';
import { deployFindings } from '../../../src/cli/check/deploy-findings.js';
import { deployRules } from '../../../src/cli/check/deploy-rules.js';
import { type Finding, finding, isAtLeast, render } from '../../../src/cli/check/finding.js';
import { isLoopback, isNowhere } from '../../../src/cli/check/hosts.js';
import { judgeSettings } from '../../../src/cli/check/settings-findings.js';
import { looksGuessable } from '../../../src/cli/check/weak-key.js';
import { readSettings } from '../../../src/config/settings.js';
import { unsafeRules, unsafeSettings } from '../../../src/config/unsafe-settings.js';

const RANDOM = 'k3Jx0vJ5mN8d2sQwYfHcT1uZrB6gLpEoAiVKXtMnUy4=';

/** Nothing is wrong with these. */
const good = {
  PUBLIC_URL: 'https://auth.gatehouse.dev',
  SECRET_KEYS: RANDOM,
  DATABASE_URL: 'postgres://gatehouse:secret@db.gatehouse.dev/gatehouse?sslmode=verify-full',
  SMTP_URL: 'smtps://user:secret@smtp.gatehouse.dev',
  MAIL_FROM: 'Gatehouse <no-reply@gatehouse.dev>',
  TRUST_PROXY: '1',
  HOST: '10.0.0.5',
  PASSWORD_MIN_LENGTH: '15',
};

const idsOf = (more: Readonly<Record<string, string>>): string[] =>
  deployFindings(readSettings({ ...good, ...more }))
    .map(({ id }) => id.replace('gatehouse.', ''))
    .sort();

describe('The deployment check', () => {
  it('has nothing to say of good settings', () => {
    expect(idsOf({})).toEqual([]);
  });

  it.each<[string, Record<string, string>, string[]]>([
    ['no keys', { SECRET_KEYS: '' }, ['E002']],
    ['a public URL without TLS', { PUBLIC_URL: 'http://a.gatehouse.dev' }, ['E003']],
    ['a page without TLS', { VERIFY_URL: 'http://a.gatehouse.dev/{token}' }, ['E004']],
    ['a reset page without TLS', { RESET_URL: 'http://a.gatehouse.dev/{token}' }, ['E010']],
    ['an origin without TLS', { CORS_ORIGINS: 'https://a.dev,http://b.dev' }, ['E005']],
    ['passwords of seven', { PASSWORD_MIN_LENGTH: '7' }, ['E006', 'W009']],
    ['passkeys of another domain', { PASSKEY_RP_ID: 'elsewhere.dev' }, ['E017']],
    ['a sender who is none', { MAIL_FROM: 'somebody' }, ['E007']],
    ['no database', { DATABASE_URL: '' }, ['W002']],
    ['no SMTP', { SMTP_URL: '' }, ['W003']],
    ['SMTP without TLS', { SMTP_URL: 'smtp://smtp.gatehouse.dev' }, ['W004']],
    ['SMTP to this machine', { SMTP_URL: 'smtp://127.0.0.1:1025' }, []],
    ['a public URL of this machine', { PUBLIC_URL: 'https://localhost' }, ['W005']],
    ['no proxy before TLS', { TRUST_PROXY: '0' }, ['W006']],
    ['no breach check', { BREACH_CHECK: 'off' }, ['W007']],
    ['an open breach check', { BREACH_CHECK_URL: 'http://pwned.gatehouse.dev/' }, ['W008']],
    ['passwords of fourteen', { PASSWORD_MIN_LENGTH: '14' }, ['W009']],
    ['optional verification', { EMAIL_VERIFICATION: 'optional' }, ['W010']],
    ['tokens for over 15 minutes', { ACCESS_TOKEN_TTL: '901' }, ['W011']],
    ['tokens for 15 minutes', { ACCESS_TOKEN_TTL: '900' }, []],
    ['no second factors', { TWO_FACTOR_REQUIRED_FOR: 'none' }, ['W017']],
    ['no way in for who has a password', { PASSWORD_LOGIN: 'off' }, ['W018']],
    ['a way in by a provider', { PASSWORD_LOGIN: 'off', SOCIAL_EMAIL_MATCH: 'link' }, []],
    ['a way in by a password', { SOCIAL_EMAIL_MATCH: 'reject' }, []],
    ['debugging', { LOG_LEVEL: 'debug' }, ['W012']],
    ['tracing', { LOG_LEVEL: 'trace' }, ['W012']],
    ['the sender of development', { MAIL_FROM: '' }, ['W013']],
    ['a key that is a text', { SECRET_KEYS: textKey() }, ['W014']],
    ['an older key that is a text', { SECRET_KEYS: `${RANDOM},${textKey()}` }, ['W014']],
    ['a database in the open', { DATABASE_URL: 'postgres://db.gatehouse.dev/x' }, ['W015']],
    ['a database of anyone', { DATABASE_URL: 'postgres://db/x?sslmode=no-verify' }, ['W016']],
    ['one machine', { HOST: '' }, ['I001']],
    ['every interface', { HOST: '0.0.0.0' }, ['I002']],
  ])('finds %s', (_, settings, ids) => {
    expect(idsOf(settings)).toEqual(ids);
  });

  it('calls an error what the server refuses', () => {
    const bad = { PASSWORD_MIN_LENGTH: '7', CORS_ORIGINS: 'http://b.dev' };
    const settings = readSettings(bad);
    const errors = deployFindings(settings).filter(({ level }) => level === 'error');
    expect(errors.map(({ message }) => message)).toEqual(unsafeSettings(settings));
    expect(() => readSettings({ ...bad, NODE_ENV: 'production' })).toThrow(errors[0]?.message);
  });

  it('has an id for each, once', () => {
    const ids = [...unsafeRules, ...deployRules].map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const id of ids) expect(id).toMatch(/^gatehouse\.[EWI]\d{3}$/);
  });

  it('never shows a value', () => {
    const all = deployFindings(readSettings({ DATABASE_URL: 'postgres://u:hunter2@db/x' }));
    expect(render(all)).not.toContain('hunter2');
  });
});

describe('What is judged', () => {
  const ids = (environment: Record<string, string>, deploy: boolean) =>
    judgeSettings(environment, deploy).findings.map(({ id }) => id.replace('gatehouse.', ''));

  it('in development is only whether the settings can be read', () => {
    expect(ids({}, false)).toEqual([]);
    expect(ids({ PORT: 'x', CORS_ORIGINS: '*' }, false)).toEqual(['E001', 'E001']);
    expect(judgeSettings({ PORT: 'x' }, true).settings).toBeUndefined();
  });

  it('in production is everything, and with --deploy also that it is not production', () => {
    expect(ids({ ...good, SMTP_URL: '', NODE_ENV: 'production' }, false)).toEqual(['W003']);
    expect(ids({ ...good, NODE_ENV: 'production' }, true)).toEqual([]);
    expect(ids({ ...good, NODE_ENV: 'development' }, true)).toEqual(['W001']);
  });
});

describe('A database URL', () => {
  it.each([
    ['postgres://db/x', 'plain'],
    ['postgres://db/x?sslmode=disable', 'plain'],
    ['postgres://db/x?sslmode=require', 'verified'],
    ['postgres://db/x?sslmode=require&uselibpqcompat=true', 'unverified'],
    ['postgres://db/x?sslmode=verify-full&uselibpqcompat=true', 'verified'],
    ['postgres://db/x?sslmode=no-verify', 'unverified'],
    ['postgres://db/x?ssl=true', 'verified'],
    ['postgres://localhost/x', 'local'],
    ['postgres://[::1]:5432/x', 'local'],
    ['postgres:///x', 'local'],
    ['postgres://u:p@%2Fvar%2Frun/x', 'local'],
    ['postgres:///x?host=/var/run', 'local'],
    ['postgres:///x?host=db', 'plain'],
  ])('%s is %s', (url, transport) => {
    expect(transportOf(url)).toBe(transport);
  });
});

describe('A host', () => {
  it.each(['localhost', 'app.localhost', '127.0.0.1', '127.1.2.3', '[::1]', '::1'])(
    '%s is this machine',
    (host) => {
      expect(isLoopback(host)).toBe(true);
    },
  );

  it.each(['db', 'localhost.dev', '10.0.0.1', '127.example.org', ''])('%j is not', (host) => {
    expect(isLoopback(host)).toBe(false);
  });

  it.each(['db', 'a.test', 'example.com', 'auth.example.org', 'printer.local', 'localhost'])(
    '%s is nowhere',
    (host) => {
      expect(isNowhere(host)).toBe(true);
    },
  );

  it.each(['gatehouse.dev', 'myexample.com', 'example.com.de', 'latest.io'])(
    '%s is somewhere',
    (host) => {
      expect(isNowhere(host)).toBe(false);
    },
  );
});

describe('A key', () => {
  it('looks guessable as text and as a pattern, and else not', () => {
    expect(looksGuessable(Buffer.from(textKey(), 'base64'))).toBe(true);
    expect(looksGuessable(Buffer.from(Array.from({ length: 64 }, (_, i) => i % 17)))).toBe(true);
    expect(looksGuessable(Buffer.from(RANDOM, 'base64'))).toBe(false);
  });
});

describe('Findings', () => {
  const of = (id: string): Finding => finding({ id, message: 'So it is', advice: 'Do.' });

  it('are told with the worst first', () => {
    const text = render([of('x.I001'), of('x.E002'), of('x.W003'), of('x.E001')]);
    expect(text.match(/x\.\w+/g)).toEqual(['x.E002', 'x.E001', 'x.W003', 'x.I001']);
    expect(text).toMatch(/\n2 errors, 1 warning, 1 info\.$/);
    expect(render([])).toBe('Nothing to complain of.');
  });

  it('count from a level on', () => {
    expect(isAtLeast('warning', of('x.W001'))).toBe(true);
    expect(isAtLeast('error', of('x.W001'))).toBe(false);
    expect(isAtLeast('info', of('x.E001'))).toBe(true);
    expect(() => of('x.X001')).toThrow('x.X001');
  });
});

/** 36 bytes of plain English. */
function textKey(): string {
  return Buffer.from('correct horse battery staple, please!').toString('base64');
}
