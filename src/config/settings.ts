import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { type ApiKeySettings, apiKeySettings } from './api-key-settings.js';
import { type MailSettings, mailSettings } from './mail-settings.js';
import { type SettingName, settingDefinitions } from './settings.definitions.js';
import {
  type ProviderSettings,
  readProviders,
  type SocialSettings,
  socialSettings,
} from './social-settings.js';
import { type TraceSettings, traceSettings } from './trace-settings.js';
import { type TwoFactorSettings, twoFactorSettings } from './two-factor-settings.js';
import { unsafeSettings } from './unsafe-settings.js';

type Definitions = typeof settingDefinitions;
type ValueOf<N extends SettingName> = ReturnType<Definitions[N]['parse']>;
/** What was read, by the names of the variables. */
export type Values = {
  readonly [N in SettingName]: Definitions[N] extends { fallback: unknown }
    ? ValueOf<N>
    : ValueOf<N> | undefined;
};

/** How patient the server is with those who try. */
export interface LimitSettings {
  readonly failuresPerAccount: number;
  readonly failuresPerAddress: number;
  readonly requestsPerAddress: number;
  /** Seconds. */
  readonly window: number;
  readonly store: 'memory' | 'database' | 'redis';
  /** Milliseconds. */
  readonly refusalPause: number;
  /** Of sign-ins, on this node, before the operator is told; 0: never. */
  readonly failuresPerMinute: number;
}

/** Links that are mailed, `{token}` in each, and for how many seconds they work. */
export interface EmailSettings {
  readonly verificationTtl: number;
  readonly changeTtl: number;
  readonly undoTtl: number;
  readonly denyUrl: string;
  readonly changeUrl: string;
  readonly undoUrl: string;
}

/** The link for a forgotten password, and for how many seconds it works. */
export interface PasswordResetSettings {
  readonly url: string;
  readonly ttl: number;
  /** Of the first link to an account that an administrator made. */
  readonly invitationTtl: number;
}

/** The environment as `process.env` has it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Thrown at start; names every wrong variable at once and prints no value. */
export class InvalidSettings extends Error {
  constructor(readonly complaints: readonly string[]) {
    super(`The settings are not valid:\n${complaints.map((line) => `  ${line}`).join('\n')}`);
    this.name = 'InvalidSettings';
  }
}

/** How long things are kept that nobody uses any more. */
export interface KeepingSettings {
  /** Days; 0: for ever. */
  readonly auditDays: number;
  /** Seconds. */
  readonly deletionGrace: number;
  readonly undoDeletionUrl: string;
}

/** Read once at start, validated, frozen. Injected by its class; nothing else reads the environment. */
export class Settings {
  readonly production: boolean;
  readonly host: string;
  readonly port: number;
  readonly publicUrl: string;
  readonly dataDir: string;
  readonly databaseUrl: string | undefined;
  readonly databasePool: number;
  /** Past any pooler; undefined: there is none. */
  readonly databaseDirectUrl: string | undefined;
  readonly preparedStatements: boolean;
  readonly redisUrl: string | undefined;
  readonly smtpUrl: string | undefined;
  readonly mailFrom: string;
  readonly mails: MailSettings;
  readonly verifyUrl: string;
  readonly email: EmailSettings;
  readonly passwordReset: PasswordResetSettings;
  readonly secretKeys: readonly Buffer[] | undefined;
  readonly trustProxy: number;
  readonly corsOrigins: readonly string[];
  readonly emailVerification: 'mandatory' | 'optional';
  readonly passwordMinLength: number;
  readonly passwordHasher: 'bcrypt_sha256' | 'argon2id';
  /** Processes on this machine. */
  readonly workers: number;
  readonly hashConcurrency: number;
  readonly hashQueue: number;
  readonly breachCheck: 'on' | 'off' | 'strict';
  readonly breachCheckUrl: string;
  readonly sessionCookieAge: number;
  readonly sessionIdleTimeout: number;
  readonly sessionsPerUser: number;
  readonly accessTokenTtl: number;
  readonly refreshTokenTtl: number;
  readonly refreshGrace: number;
  readonly signingKeyRotation: number;
  readonly reauthenticationWindow: number;
  readonly anonymousPermissions: boolean;
  readonly twoFactor: TwoFactorSettings;
  readonly apiKeys: ApiKeySettings;
  readonly social: SocialSettings;
  readonly limits: LimitSettings;
  readonly keeping: KeepingSettings;
  readonly shutdownTimeout: number;
  readonly logLevel: Values['LOG_LEVEL'];
  readonly logFormat: 'json' | 'pretty' | undefined;
  readonly metricsToken: string | undefined;
  readonly traces: TraceSettings | undefined;

  constructor(values: Values, production: boolean, providers: readonly ProviderSettings[] = []) {
    this.production = production;
    [this.host, this.port, this.trustProxy] = [values.HOST, values.PORT, values.TRUST_PROXY];
    this.publicUrl = values.PUBLIC_URL ?? localUrl(values.HOST, values.PORT);
    this.dataDir = resolve(values.DATA_DIR);
    [this.databaseUrl, this.databasePool] = [values.DATABASE_URL, values.DATABASE_POOL];
    this.databaseDirectUrl = values.DATABASE_DIRECT_URL;
    this.preparedStatements = values.DATABASE_PREPARED_STATEMENTS === 'on';
    [this.redisUrl, this.smtpUrl] = [values.REDIS_URL, values.SMTP_URL];
    [this.mails, this.mailFrom] = [mailSettings(values), values.MAIL_FROM];
    this.verifyUrl = values.VERIFY_URL ?? `${this.publicUrl}/verify-email#token={token}`;
    this.secretKeys = values.SECRET_KEYS;
    this.corsOrigins = values.CORS_ORIGINS;
    this.emailVerification = values.EMAIL_VERIFICATION;
    this.email = emailOf(values, this.publicUrl);
    this.passwordReset = passwordResetOf(values, this.publicUrl);
    this.passwordMinLength = values.PASSWORD_MIN_LENGTH;
    this.passwordHasher = values.PASSWORD_HASHER;
    this.workers = values.WEB_CONCURRENCY;
    this.hashConcurrency = values.HASH_CONCURRENCY ?? shareOfCores(values.WEB_CONCURRENCY);
    this.hashQueue = values.HASH_QUEUE;
    this.breachCheck = values.BREACH_CHECK;
    this.breachCheckUrl = values.BREACH_CHECK_URL;
    this.sessionCookieAge = values.SESSION_COOKIE_AGE;
    this.sessionIdleTimeout = values.SESSION_IDLE_TIMEOUT;
    this.sessionsPerUser = values.SESSIONS_PER_USER;
    this.accessTokenTtl = values.ACCESS_TOKEN_TTL;
    this.refreshTokenTtl = values.REFRESH_TOKEN_TTL;
    this.refreshGrace = values.REFRESH_GRACE;
    this.signingKeyRotation = values.SIGNING_KEY_ROTATION;
    this.reauthenticationWindow = values.REAUTHENTICATION_WINDOW;
    this.anonymousPermissions = values.ANONYMOUS_PERMISSIONS === 'on';
    this.twoFactor = twoFactorSettings(values, this.publicUrl);
    this.apiKeys = apiKeySettings(values, production);
    this.social = socialSettings(values, providers);
    [this.limits, this.keeping] = [limitsOf(values), keepingOf(values, this.publicUrl)];
    this.shutdownTimeout = values.SHUTDOWN_TIMEOUT;
    [this.logLevel, this.logFormat] = [values.LOG_LEVEL, values.LOG_FORMAT];
    [this.metricsToken, this.traces] = [values.METRICS_TOKEN, traceSettings(values)];
  }
}

const shareOfCores = (workers: number): number =>
  Math.max(1, Math.floor(availableParallelism() / workers));

const emailOf = (values: Values, publicUrl: string): EmailSettings => ({
  verificationTtl: values.EMAIL_VERIFICATION_TTL,
  changeTtl: values.EMAIL_CHANGE_TTL,
  undoTtl: values.EMAIL_CHANGE_UNDO_TTL,
  denyUrl: values.DENY_URL ?? `${publicUrl}/verify-email#deny={token}`,
  changeUrl: values.CHANGE_EMAIL_URL ?? `${publicUrl}/change-email#token={token}`,
  undoUrl: values.UNDO_EMAIL_URL ?? `${publicUrl}/undo-email-change#token={token}`,
});

const keepingOf = (values: Values, publicUrl: string): KeepingSettings => ({
  auditDays: values.AUDIT_RETENTION,
  deletionGrace: values.DELETION_GRACE,
  undoDeletionUrl: values.UNDO_DELETION_URL ?? `${publicUrl}/keep-account#token={token}`,
});

const passwordResetOf = (values: Values, publicUrl: string): PasswordResetSettings => ({
  url: values.RESET_URL ?? `${publicUrl}/reset-password#token={token}`,
  ttl: values.PASSWORD_RESET_TTL,
  invitationTtl: values.INVITATION_TTL,
});

const limitsOf = (values: Values): LimitSettings => ({
  failuresPerAccount: values.LOGIN_FAILURES_PER_ACCOUNT,
  failuresPerAddress: values.LOGIN_FAILURES_PER_ADDRESS,
  requestsPerAddress: values.REQUESTS_PER_ADDRESS,
  window: values.RATE_LIMIT_WINDOW,
  store: values.RATE_LIMIT_STORE,
  refusalPause: values.REFUSAL_PAUSE,
  failuresPerMinute: values.SIGN_IN_ALARM,
});

function localUrl(host: string, port: number): string {
  const anyAddress = host === '0.0.0.0' || host === '::';
  const name = anyAddress ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return `http://${name}:${String(port)}`;
}

const contradictionsOf = (values: Values) => [
  ...(values.WEB_CONCURRENCY > 1 && values.RATE_LIMIT_STORE === 'memory'
    ? ['RATE_LIMIT_STORE must not be memory with WEB_CONCURRENCY: each process would count alone']
    : []),
  ...(values.DATABASE_DIRECT_URL !== undefined && values.DATABASE_URL === undefined
    ? ['DATABASE_DIRECT_URL needs DATABASE_URL']
    : []),
];

/** @throws InvalidSettings naming every variable that is wrong or, in production, unsafe. */
export function readSettings(environment: Environment): Settings {
  const complaints: string[] = [];
  const read = Object.entries(settingDefinitions).map(([name, { parse, ...rest }]) => {
    const given = environment[name]?.trim();
    if (given === undefined || given === '') {
      return [name, 'fallback' in rest ? rest.fallback : undefined];
    }
    try {
      return [name, parse(given)];
    } catch (error) {
      complaints.push(`${name} ${(error as Error).message}`);
      return [name, undefined];
    }
  });
  complaints.push(...contradictionsOf(Object.fromEntries(read) as Values));
  const providers = readProviders(environment, (complaint) => complaints.push(complaint));
  const stage = environment['NODE_ENV']?.trim() ?? '';
  const production = stage === 'production';
  if (!['', 'development', 'test', 'production'].includes(stage)) {
    complaints.push('NODE_ENV must be development, test or production');
  }
  if (complaints.length > 0) throw new InvalidSettings(complaints);
  const settings = Object.freeze(
    new Settings(Object.fromEntries(read) as Values, production, providers),
  );
  const unsafe = production ? unsafeSettings(settings) : [];
  if (unsafe.length > 0) throw new InvalidSettings(unsafe);
  return settings;
}
