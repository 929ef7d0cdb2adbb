import { integer, list, oneOf, origin, passkeyOrigin, text, tokenUrl } from './parsers.js';
import { define, optional } from './setting-definition.js';
import type { Values } from './settings.js';

/** Who needs a second factor, and what passkeys are bound to. */
export const twoFactorDefinitions = {
  TWO_FACTOR_REQUIRED_FOR: define({
    parse: oneOf('none', 'staff', 'all'),
    fallback: 'staff',
    help: 'Who must have a second factor: none, staff (and superusers), all. Groups and permissions can demand it as well.',
  }),
  TWO_FACTOR_GRACE: define({
    parse: integer(0, 31_536_000),
    fallback: 0,
    help: 'How long whoever must have one may go without, in seconds from her first sign-in that it concerns.',
  }),
  TRUSTED_DEVICE_AGE: define({
    parse: integer(0, 31_536_000),
    fallback: 2_592_000,
    help: 'For how long a device that its owner trusts is not asked for the second factor, in seconds. 0: every sign-in is.',
  }),
  TWO_FACTOR_RESET_DELAY: define({
    parse: integer(3600, 2_592_000),
    fallback: 259_200,
    help: 'How long the owner of an account can stop an administrator from taking her second factors away, in seconds.',
  }),
  STOP_RESET_URL: optional({
    parse: tokenUrl,
    example: 'https://app.example.com/stop-factor-reset#token={token}',
    help: 'The page that the mail about such a reset links to. By default a page of this server.',
  }),
  SERVICE_NAME: define({
    parse: text,
    fallback: 'Gatehouse',
    help: 'What mails, authenticator apps and passkeys call this service.',
  }),
  PASSKEY_RP_ID: optional({
    parse: text,
    example: 'example.com',
    help: 'The domain that passkeys are bound to (WebAuthn relying party); it can never change. By default the host of PUBLIC_URL.',
  }),
  PASSKEY_ORIGINS: define({
    parse: list(passkeyOrigin),
    fallback: Object.freeze<string[]>([]),
    help: 'Origins, beside PUBLIC_URL and those of CORS_ORIGINS within the domain, whose pages and apps may use passkeys: https://…, android:apk-key-hash:….',
  }),
} as const;

export interface TwoFactorSettings {
  readonly requiredFor: 'none' | 'staff' | 'all';
  /** Seconds. */
  readonly grace: number;
  /** Seconds; 0: no device is trusted. */
  readonly trustedDeviceAge: number;
  /** Seconds. */
  readonly resetDelay: number;
  readonly stopResetUrl: string;
  readonly serviceName: string;
  readonly rpId: string;
  /** Exact; what `clientDataJSON` may name as its origin. */
  readonly origins: readonly string[];
}

export function twoFactorSettings(values: Values, publicUrl: string): TwoFactorSettings {
  const { hostname, protocol, port } = new URL(publicUrl);
  // Browsers know no passkeys for addresses; on one's own machine the same server has a name, too.
  const isLocal = hostname === '127.0.0.1' || hostname === '[::1]';
  const rpId = values.PASSKEY_RP_ID ?? (isLocal ? 'localhost' : hostname);
  const here = isLocal
    ? `${protocol}//localhost${port && `:${port}`}`
    : origin(new URL(publicUrl).origin);
  const pages = [here, ...values.CORS_ORIGINS].filter((page) =>
    isWithin(new URL(page).hostname, rpId),
  );
  return Object.freeze({
    requiredFor: values.TWO_FACTOR_REQUIRED_FOR,
    grace: values.TWO_FACTOR_GRACE,
    trustedDeviceAge: values.TRUSTED_DEVICE_AGE,
    resetDelay: values.TWO_FACTOR_RESET_DELAY,
    stopResetUrl: values.STOP_RESET_URL ?? `${publicUrl}/stop-factor-reset#token={token}`,
    serviceName: values.SERVICE_NAME,
    rpId,
    origins: [...new Set([...pages, ...values.PASSKEY_ORIGINS])],
  });
}

const isWithin = (host: string, domain: string): boolean =>
  host === domain || host.endsWith(`.${domain}`);
