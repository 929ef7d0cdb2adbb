import type { Settings } from './settings.js';

/** One thing that settings can be and should not. */
export interface SettingsRule {
  /** Stable: `check` prints it, and people look it up or silence it. */
  readonly id: string;
  readonly when: (settings: Settings) => boolean;
  readonly message: string;
  /** What to do about it. */
  readonly advice: string;
}

/** What makes settings unfit for production. An id is never used again for something else. */
export const unsafeRules: readonly SettingsRule[] = [
  {
    id: 'gatehouse.E002',
    when: ({ secretKeys }) => !secretKeys?.length,
    message: 'SECRET_KEYS must be set in production',
    advice:
      'Make a key with: openssl rand -base64 32. Keep it outside of the database and its backups.',
  },
  {
    id: 'gatehouse.E003',
    when: ({ publicUrl }) => !publicUrl.startsWith('https://'),
    message: 'PUBLIC_URL must start with https:// in production',
    advice: 'Set it to the address that users see; a proxy in front speaks TLS.',
  },
  {
    id: 'gatehouse.E004',
    when: ({ verifyUrl, publicUrl }) =>
      !verifyUrl.startsWith('https://') && !verifyUrl.startsWith(publicUrl),
    message: 'VERIFY_URL must start with https:// in production',
    advice: 'Serve the page over TLS, or leave VERIFY_URL out: the server has a page of its own.',
  },
  {
    id: 'gatehouse.E013',
    when: ({ email: { denyUrl }, publicUrl }) =>
      !denyUrl.startsWith('https://') && !denyUrl.startsWith(publicUrl),
    message: 'DENY_URL must start with https:// in production',
    advice: 'Serve the page over TLS, or leave DENY_URL out: the server has a page of its own.',
  },
  {
    id: 'gatehouse.E014',
    when: ({ email: { changeUrl }, publicUrl }) =>
      !changeUrl.startsWith('https://') && !changeUrl.startsWith(publicUrl),
    message: 'CHANGE_EMAIL_URL must start with https:// in production',
    advice:
      'Serve the page over TLS, or leave CHANGE_EMAIL_URL out: the server has a page of its own.',
  },
  {
    id: 'gatehouse.E015',
    when: ({ email: { undoUrl }, publicUrl }) =>
      !undoUrl.startsWith('https://') && !undoUrl.startsWith(publicUrl),
    message: 'UNDO_EMAIL_URL must start with https:// in production',
    advice:
      'Serve the page over TLS, or leave UNDO_EMAIL_URL out: the server has a page of its own.',
  },
  {
    id: 'gatehouse.E010',
    when: ({ passwordReset: { url }, publicUrl }) =>
      !url.startsWith('https://') && !url.startsWith(publicUrl),
    message: 'RESET_URL must start with https:// in production',
    advice: 'Serve the page over TLS, or leave RESET_URL out: the server has a page of its own.',
  },
  {
    id: 'gatehouse.E005',
    when: ({ corsOrigins }) => corsOrigins.some((origin) => !origin.startsWith('https://')),
    message: 'CORS_ORIGINS must all start with https:// in production',
    advice: 'Take out the origins that are for development.',
  },
  {
    id: 'gatehouse.E006',
    when: ({ passwordMinLength }) => passwordMinLength < 8,
    message: 'PASSWORD_MIN_LENGTH must be at least 8 in production',
    advice: 'Leave it out, which makes it 10, or set it to 15 (NIST SP 800-63B-4, 3.1.1.2).',
  },
  {
    id: 'gatehouse.E017',
    when: ({ twoFactor: { origins } }) => origins.length === 0,
    message: 'PASSKEY_RP_ID must be the host of PUBLIC_URL or a domain that it is in',
    advice: 'Browsers take no passkeys otherwise. PASSKEY_ORIGINS names pages and apps elsewhere.',
  },
  {
    id: 'gatehouse.E018',
    when: ({ social: { providers } }) =>
      providers.some(({ issuer }) => issuer !== undefined && !issuer.startsWith('https://')),
    message: 'SOCIAL_<NAME>_ISSUER must start with https:// in production',
    advice: 'Whoever sits between this server and a provider without TLS can be anybody.',
  },
];

/** What makes these settings unfit for production, a line each. The server then refuses to start. */
export function unsafeSettings(settings: Settings): string[] {
  return unsafeRules.filter(({ when }) => when(settings)).map(({ message }) => message);
}
