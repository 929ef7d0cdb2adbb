import type { Settings } from '../../config/settings.js';
import type { SettingsRule } from '../../config/unsafe-settings.js';
import { parseSender, type Sender } from '../../mail/sender.js';
import { transportOf } from './database-url.js';
import { hostOf, isLoopback, isNowhere } from './hosts.js';
import { looksGuessable } from './weak-key.js';

/** What the server starts with, but an operator should have meant. An id is never used again. */
export const deployRules: readonly SettingsRule[] = [
  {
    id: 'gatehouse.E007',
    when: ({ mailFrom }) => senderOf(mailFrom) === undefined,
    message: 'MAIL_FROM must be an address, or a name and an <address>',
    advice: 'For example: MAIL_FROM="Example <no-reply@example.com>".',
  },
  {
    id: 'gatehouse.W002',
    when: ({ databaseUrl }) => databaseUrl === undefined,
    message: 'DATABASE_URL is not set: all data is in an embedded database on this machine',
    advice: 'Set DATABASE_URL to a PostgreSQL that is backed up and that several nodes can share.',
  },
  {
    id: 'gatehouse.W003',
    when: ({ smtpUrl }) => smtpUrl === undefined,
    message: 'SMTP_URL is not set: mail is written to files, and nobody receives a link',
    advice: 'Set SMTP_URL to the server that mail is handed to.',
  },
  {
    id: 'gatehouse.W004',
    when: ({ smtpUrl = '' }) => smtpUrl.startsWith('smtp:') && !isLoopback(hostOf(smtpUrl)),
    message: 'SMTP_URL begins without TLS; only with NODE_ENV=production is STARTTLS demanded',
    advice: 'Use smtps:// (usually port 465), encrypted from the first byte (RFC 8314, 3).',
  },
  {
    id: 'gatehouse.W005',
    when: ({ publicUrl }) => isNowhere(hostOf(publicUrl)),
    message:
      'PUBLIC_URL names a host that users cannot reach, and every mailed link starts with it',
    advice: 'Set it to the address that users see.',
  },
  {
    id: 'gatehouse.W006',
    when: ({ publicUrl, trustProxy }) => publicUrl.startsWith('https:') && trustProxy === 0,
    message:
      'TRUST_PROXY is 0 though a proxy speaks TLS: every request seems to come from the proxy',
    advice:
      'Set it to the number of proxies in front, so that sessions and limits see real addresses.',
  },
  {
    id: 'gatehouse.W007',
    when: ({ breachCheck }) => breachCheck === 'off',
    message: 'BREACH_CHECK is off: passwords known from breaches are accepted (ASVS 5.0, 6.2.12)',
    advice: 'Leave it out, or point BREACH_CHECK_URL to a mirror if the Internet is out of reach.',
  },
  {
    id: 'gatehouse.W008',
    when: ({ breachCheck, breachCheckUrl }) =>
      breachCheck !== 'off' &&
      breachCheckUrl.startsWith('http:') &&
      !isLoopback(hostOf(breachCheckUrl)),
    message:
      'BREACH_CHECK_URL is not https: whoever is on the way can call any password unbreached',
    advice: 'Use an https address.',
  },
  {
    id: 'gatehouse.W009',
    when: ({ passwordMinLength }) => passwordMinLength < 15,
    message:
      'PASSWORD_MIN_LENGTH is under the 15 that NIST SP 800-63B-4 (3.1.1.2) demands of a password that opens an account alone',
    advice: 'Set it to 15, or accept the deviation for accounts without a second factor.',
  },
  {
    id: 'gatehouse.W010',
    when: ({ emailVerification }) => emailVerification === 'optional',
    message:
      'EMAIL_VERIFICATION is optional: people sign in with addresses that may not be theirs, and registering tells which are taken',
    advice: 'Leave it out, unless both are meant.',
  },
  {
    id: 'gatehouse.W011',
    when: ({ accessTokenTtl }) => accessTokenTtl > 900,
    message:
      'ACCESS_TOKEN_TTL is over 15 minutes: other services accept a token for so long after its session has ended',
    advice: 'Leave it out, which makes it 5 minutes.',
  },
  {
    id: 'gatehouse.W012',
    when: ({ logLevel }) => logLevel === 'debug' || logLevel === 'trace',
    message: 'LOG_LEVEL is for development: it costs time and writes more than is needed',
    advice: 'Set it to info.',
  },
  {
    id: 'gatehouse.W013',
    when: ({ mailFrom }) => isNowhere(senderOf(mailFrom)?.domain ?? 'unreadable.gatehouse'),
    message: 'MAIL_FROM is an address that does not exist, so mail is likely to be refused',
    advice: 'Set it to an address of a domain that may send by your SMTP server.',
  },
  {
    id: 'gatehouse.W014',
    when: ({ secretKeys = [] }) => secretKeys.some(looksGuessable),
    message: 'SECRET_KEYS holds a key that looks like text or a pattern, not like random bytes',
    advice: 'Make a new one with openssl rand -base64 32, and put it before the old one.',
  },
  {
    id: 'gatehouse.W015',
    when: (settings) => addressesOf(settings).some((url) => transportOf(url) === 'plain'),
    message: 'DATABASE_URL or DATABASE_DIRECT_URL leads to another machine without TLS',
    advice: 'Append ?sslmode=verify-full, unless the network between the two is trusted.',
  },
  {
    id: 'gatehouse.W016',
    when: (settings) => addressesOf(settings).some((url) => transportOf(url) === 'unverified'),
    message:
      'DATABASE_URL or DATABASE_DIRECT_URL uses TLS without checking whose certificate it is',
    advice: 'Use sslmode=verify-full, with sslrootcert if the authority is your own.',
  },
  {
    id: 'gatehouse.W017',
    when: ({ twoFactor }) => twoFactor.requiredFor === 'none',
    message:
      'TWO_FACTOR_REQUIRED_FOR is none: the password of an administrator is all that a thief needs',
    advice: 'Leave it out, which makes it staff.',
  },
  {
    id: 'gatehouse.W018',
    when: ({ social }) => !social.passwordLogin && social.emailMatch === 'reject',
    message:
      'PASSWORD_LOGIN is off and SOCIAL_EMAIL_MATCH is reject: whoever was invited, or has nothing but a password, cannot get in to link a provider',
    advice:
      'Set SOCIAL_EMAIL_MATCH=link, unless everybody has linked a provider or has a passkey already.',
  },
  {
    id: 'gatehouse.I001',
    when: ({ host }) => isLoopback(host),
    message:
      'HOST is an address of this machine only: just a proxy on this machine can reach the server',
    advice: 'In a container or behind a proxy elsewhere, set HOST=0.0.0.0.',
  },
  {
    id: 'gatehouse.I002',
    when: ({ host }) => host === '0.0.0.0' || host === '::',
    message: 'HOST is every interface, and the server speaks HTTP without TLS',
    advice: 'See to it that only the proxy in front can reach the port.',
  },
];

function senderOf(mailFrom: string): Sender | undefined {
  try {
    return parseSender(mailFrom);
  } catch {
    return undefined;
  }
}

const addressesOf = ({ databaseUrl, databaseDirectUrl }: Settings): string[] =>
  [databaseUrl, databaseDirectUrl].filter((url) => url !== undefined);
