import { createRequire } from 'node:module';
import { type OnApplicationShutdown } from '@nestjs/common';
import type * as nodemailer from 'nodemailer';
import { type Settings } from '../config/settings.js';
import { type MailMessage } from './mail-message.js';
import { MailTransport, MailRefused } from './mail-transport.js';
import { parseSender, type Sender } from './sender.js';

/** Only where mail goes by SMTP, since the library takes some 8 MB. */
const load = createRequire(import.meta.url);

/** How many connections are kept to the server. */
const CONNECTIONS = 4;

/**
 * Milliseconds. `reply` is long, as servers scan a mail before they take it, and who goes away too early sends
 * it twice (RFC 1047). `whole` also ends one that trickles its replies, and is well below the queue's lease.
 */
export const PATIENCE = { connect: 10_000, reply: 100_000, whole: 120_000 };

/** The steps at which it is the mail that is refused, not the server that is not in order. */
const OF_THE_MAIL = ['RCPT TO', 'DATA'];
/** "Service not available, closing transmission channel", at any step. */
const LEAVING = 421;

/**
 * Hands mail to an SMTP server over pooled connections. `smtp:` upgrades by STARTTLS where the server
 * offers it; in production anything but a local relay must. Certificates are always verified.
 */
export class SmtpTransport extends MailTransport implements OnApplicationShutdown {
  readonly #sender: Sender;
  readonly #pool: nodemailer.Transporter;

  constructor(
    url: string,
    settings: Pick<Settings, 'mailFrom' | 'production'>,
    private readonly patience = PATIENCE,
  ) {
    super();
    this.#sender = parseSender(settings.mailFrom);
    const { createTransport } = load('nodemailer') as typeof nodemailer;
    this.#pool = createTransport({
      ...connection(new URL(url), settings.production),
      pool: true,
      maxConnections: CONNECTIONS,
      maxRequeues: 0, // the queue tries again, later: the mail may have been taken
      dnsTimeout: patience.connect,
      connectionTimeout: patience.connect,
      greetingTimeout: patience.connect,
      socketTimeout: patience.reply,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
  }

  onApplicationShutdown(): void {
    this.#pool.close();
  }

  protected async deliver({ id, to, subject, text, html }: MailMessage): Promise<void> {
    const { name, address, domain } = this.#sender;
    try {
      await this.#pool.sendMail({
        messageId: `<${id}@${domain}>`,
        from: { name, address },
        to: { name: '', address: to },
        subject,
        text,
        html,
        headers: { 'Auto-Submitted': 'auto-generated' }, // RFC 3834: no out-of-office replies, please
        signal: AbortSignal.timeout(this.patience.whole),
      });
    } catch (error) {
      throw refusal(error) ?? error;
    }
  }
}

/** Read here and not by nodemailer, whose URLs can switch off TLS and whatever else it has options for. */
function connection(url: URL, production: boolean): nodemailer.SMTPPoolOptions {
  const { protocol, hostname, port, username, password } = url;
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const secure = protocol === 'smtps:';
  return {
    host,
    port: Number(port) || (secure ? 465 : 587),
    secure,
    requireTLS: production && !/^(localhost|127(\.\d+){3}|::1)$/i.test(host),
    ...(username && {
      auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) },
    }),
  };
}

function refusal(error: unknown): MailRefused | undefined {
  const { command, responseCode } = error as { command?: string; responseCode?: number };
  if (!OF_THE_MAIL.includes(command ?? '')) return undefined;
  if (!responseCode || responseCode === LEAVING) return undefined;
  return new MailRefused(responseCode);
}
