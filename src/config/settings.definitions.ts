import { apiKeyDefinitions } from './api-key-settings.js';
import { databaseDefinitions } from './database-settings.js';
import { emailSettings } from './email-settings.js';
import { limitSettings } from './limit-settings.js';
import {
  baseUrl,
  integer,
  list,
  locale,
  oneOf,
  origin,
  secretKey,
  sharedSecret,
  text,
  tokenUrl,
  url,
} from './parsers.js';
import { passwordSettings } from './password-settings.js';
import { define, optional } from './setting-definition.js';
import { socialDefinitions } from './social-settings.js';
import { traceDefinitions } from './trace-settings.js';
import { twoFactorDefinitions } from './two-factor-settings.js';

/** Every setting there is, in the order of `.env.example`. Durations are in seconds. */
export const settingDefinitions = {
  HOST: define({
    parse: text,
    fallback: '127.0.0.1',
    help: 'The address to listen on; 0.0.0.0 for every interface.',
  }),
  PORT: define({
    parse: integer(0, 65_535),
    fallback: 3000,
    help: 'The port to listen on; 0 takes a free one.',
  }),
  PUBLIC_URL: optional({
    parse: baseUrl,
    example: 'https://auth.example.com',
    help: 'What links in mails and metadata start with. By default http://HOST:PORT.',
  }),
  WEB_CONCURRENCY: define({
    parse: integer(1, 64),
    fallback: 1,
    help: 'How many processes answer behind the one port: as many as there are cores, if one is not enough. SIGHUP replaces them one by one.',
  }),
  DATA_DIR: define({
    parse: text,
    fallback: '.data',
    help: 'Holds the embedded PostgreSQL, the outbox and generated development secrets.',
  }),
  ...databaseDefinitions,
  SMTP_URL: optional({
    parse: url('smtp', 'smtps'),
    example: 'smtps://user:password@smtp.example.com:465',
    help: 'Where mail is handed in. Without it each mail is a JSON file in DATA_DIR/outbox.',
  }),
  MAIL_FROM: define({
    parse: text,
    fallback: 'Gatehouse <no-reply@localhost>',
    help: 'The sender of every mail.',
  }),
  MAIL_LOCALE: define({
    parse: locale,
    fallback: 'en',
    help: 'The language of mails to those who have chosen none, or one that there are no templates in: en, de, or one of MAIL_TEMPLATES.',
  }),
  MAIL_TEMPLATES: optional({
    parse: text,
    example: '/etc/gatehouse/mail',
    help: 'A folder with mail templates of your own, <language>/<name>.txt and .html, that are used in the place of ours. docs/operating.md says more.',
  }),
  MAILS_PER_RECIPIENT: define({
    parse: integer(1, 1000),
    fallback: 5,
    help: 'How many mails a mailbox gets within a minute; more wait. What anybody can ask for and notices to the owner of an account are counted apart.',
  }),
  MAILS_PER_RECIPIENT_HOURLY: define({
    parse: integer(1, 1000),
    fallback: 30,
    help: 'How many mails a mailbox gets within an hour; more wait.',
  }),
  UNKNOWN_ACCOUNT_MAILS: define({
    parse: oneOf('on', 'off'),
    fallback: 'on',
    help: 'Whether an address that has no account is written to when somebody asks for a new password for it: on helps whoever registered with another one, off writes to nobody who is no user.',
  }),
  VERIFY_URL: optional({
    parse: tokenUrl,
    example: 'https://app.example.com/verify#token={token}',
    help: 'The page that a verification mail links to. By default a page of this server.',
  }),
  ...emailSettings,
  ...passwordSettings,
  SECRET_KEYS: optional({
    parse: list(secretKey),
    example: 'the output of: openssl rand -base64 32',
    help: 'Key ring that seals stored secrets: newest first, comma separated, base64, 32 bytes or more each. Without it one is generated into DATA_DIR.',
  }),
  TRUST_PROXY: define({
    parse: integer(0, 16),
    fallback: 0,
    help: 'How many proxies stand in front; their X-Forwarded-For is believed for that many hops.',
  }),
  CORS_ORIGINS: define({
    parse: list(origin),
    fallback: Object.freeze<string[]>([]),
    help: 'Exact origins of the browser applications, comma separated.',
  }),
  EMAIL_VERIFICATION: define({
    parse: oneOf('mandatory', 'optional'),
    fallback: 'mandatory',
    help: 'mandatory: nobody signs in with an unproved address, and registering never tells whether an address is taken. optional: both are otherwise.',
  }),
  EMAIL_VERIFICATION_TTL: define({
    parse: integer(60, 604_800),
    fallback: 86_400,
    help: 'How long a verification link works, in seconds (NIST SP 800-63B: at most 24 hours).',
  }),
  PASSWORD_MIN_LENGTH: define({
    parse: integer(1, 128),
    fallback: 10,
    help: 'In characters (Unicode code points).',
  }),
  PASSWORD_HASHER: define({
    parse: oneOf('bcrypt_sha256', 'argon2id'),
    fallback: 'bcrypt_sha256',
    help: 'bcrypt_sha256 or argon2id. Hashes of other kinds still verify and are upgraded at sign-in.',
  }),
  HASH_CONCURRENCY: optional({
    parse: integer(1, 256),
    example: '2',
    help: 'How many passwords each process hashes at once. By default the number of cores, shared among WEB_CONCURRENCY processes.',
  }),
  HASH_QUEUE: define({
    parse: integer(1, 10_000),
    fallback: 32,
    help: 'How many passwords may wait to be hashed; past it the answer is 503 with Retry-After.',
  }),
  BREACH_CHECK: define({
    parse: oneOf('on', 'off', 'strict'),
    fallback: 'on',
    help: 'Whether new passwords are looked up among breached ones, by k-anonymity. on: an unreachable service lets the password pass. strict: it does not.',
  }),
  BREACH_CHECK_URL: define({
    parse: url('http', 'https'),
    fallback: 'https://api.pwnedpasswords.com/range/',
    help: 'The range API that is asked; the first five characters of the SHA-1 are appended.',
  }),
  SESSION_COOKIE_AGE: define({
    parse: integer(60, 31_536_000),
    fallback: 1_209_600,
    help: 'The absolute life of a session, in seconds.',
  }),
  SESSION_IDLE_TIMEOUT: define({
    parse: integer(0, 31_536_000),
    fallback: 0,
    help: 'How long a session may lie unused, in seconds; 0: no bound but its absolute life.',
  }),
  SESSIONS_PER_USER: define({
    parse: integer(1, 10_000),
    fallback: 100,
    help: 'How many sessions a user may have at once; the next sign-in ends the oldest.',
  }),
  ACCESS_TOKEN_TTL: define({
    parse: integer(30, 3600),
    fallback: 300,
    help: 'The life of an access token, in seconds.',
  }),
  REFRESH_TOKEN_TTL: define({
    parse: integer(60, 31_536_000),
    fallback: 1_209_600,
    help: 'The absolute life of a session that is carried on by refresh tokens, in seconds; SESSION_COOKIE_AGE bounds it, too.',
  }),
  REFRESH_GRACE: define({
    parse: integer(0, 300),
    fallback: 20,
    help: 'For how long a refresh token that was used once may be shown again (a lost answer, two tabs) and gets the same successor, in seconds. Later it is theft, and the session ends.',
  }),
  SIGNING_KEY_ROTATION: define({
    parse: integer(3600, 31_536_000),
    fallback: 7_776_000,
    help: 'The age at which the key that signs access tokens is replaced by itself, in seconds.',
  }),
  REAUTHENTICATION_WINDOW: define({
    parse: integer(30, 86_400),
    fallback: 300,
    help: 'For how long after signing in sensitive calls are allowed, in seconds.',
  }),
  ...twoFactorDefinitions,
  ...apiKeyDefinitions,
  ...socialDefinitions,
  ...limitSettings,
  ANONYMOUS_PERMISSIONS: define({
    parse: oneOf('off', 'on'),
    fallback: 'off',
    help: 'on: what the group Anonymous holds everybody holds, signed in or not.',
  }),
  AUDIT_RETENTION: define({
    parse: integer(0, 36_500),
    fallback: 400,
    help: 'How long audit events are kept, in days, by whole months; 0: for ever.',
  }),
  DELETION_GRACE: define({
    parse: integer(0, 31_536_000),
    fallback: 1_209_600,
    help: 'How long a user who deleted the account may take it back, in seconds.',
  }),
  UNDO_DELETION_URL: optional({
    parse: tokenUrl,
    example: 'https://app.example.com/keep-account#token={token}',
    help: 'The page that a mail about a deletion links to. By default a page of this server.',
  }),
  SHUTDOWN_TIMEOUT: define({
    parse: integer(1, 300),
    fallback: 10,
    help: 'How long requests under way may take after SIGTERM or Ctrl-C, in seconds.',
  }),
  LOG_LEVEL: define({
    parse: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
    fallback: 'info',
    help: 'The least serious line that is logged.',
  }),
  LOG_FORMAT: optional({
    parse: oneOf('json', 'pretty'),
    example: 'json',
    help: 'json or pretty. By default pretty on a terminal, else JSON.',
  }),
  METRICS_TOKEN: optional({
    parse: sharedSecret,
    example: 'openssl rand -hex 32',
    help: 'Opens /metrics, in the format of Prometheus, to who shows it as Authorization: Bearer. Without it there is no such page.',
  }),
  ...traceDefinitions,
} as const;

export type SettingName = keyof typeof settingDefinitions;
