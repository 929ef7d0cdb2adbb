import { toBase32 } from './base32.js';

interface Account {
  readonly service: string;
  readonly email: string;
  readonly secret: Buffer;
}

/**
 * What an authenticator app reads from the QR code (Google's Key URI Format). A colon parts the service from the account
 * there, so neither may have one; what the app does by default is said, too, since some ask for it.
 */
export function otpauthUri({ service, email, secret }: Account): string {
  const [issuer, account] = [service, email].map((name) =>
    encodeURIComponent(name.replaceAll(':', ' ')),
  );
  return `otpauth://totp/${issuer ?? ''}:${account ?? ''}?secret=${toBase32(secret)}&issuer=${issuer ?? ''}&algorithm=SHA1&digits=6&period=30`;
}
