import { type MailMessage, refuseUnsafe } from './mail-message.js';

/** Hands a mail over to whoever carries it on. */
export abstract class MailTransport {
  /**
   * Resolves once the other side has taken responsibility for the mail.
   * @throws MailRefused if it does not take this mail; anything else if it cannot be reached.
   */
  async send(message: MailMessage): Promise<void> {
    refuseUnsafe(message);
    await this.deliver(message);
  }

  protected abstract deliver(message: MailMessage): Promise<void>;
}

/** The server works, but does not take this mail: for now (SMTP 4yz) or for good (5yz; RFC 5321, 4.2.1). */
export class MailRefused extends Error {
  readonly permanent: boolean;

  constructor(readonly code: number) {
    super(`Refused (${code})`);
    this.name = 'MailRefused';
    this.permanent = code >= 500;
  }
}

/** What may be logged of a failed delivery: codes only, as messages can quote the recipient. */
export function errorCode(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown';
  const { code, responseCode } = error as { code?: unknown; responseCode?: unknown };
  const codes = [code, responseCode].filter(
    (part) => typeof part === 'string' || typeof part === 'number',
  );
  return codes.length > 0 ? codes.join(' ') : error.name;
}
