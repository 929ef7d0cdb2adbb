import { randomBytes } from 'node:crypto';
import { type AddressInfo, type Socket } from 'node:net';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';
import { Clock } from '../../../src/common/clock.js';
import { KeyRing } from '../../../src/config/key-ring.js';
import { type MailMessage } from '../../../src/mail/mail-message.js';
import { MailTransport } from '../../../src/mail/mail-transport.js';

export class MovableClock extends Clock {
  #now = Date.parse('2026-11-22T20:31:59.123Z');

  override millis(): number {
    return this.#now;
  }

  move(seconds: number): void {
    this.#now += seconds * 1000;
  }
}

export const keyRing = new KeyRing([randomBytes(32)]);

export const message = (changes: Partial<MailMessage> = {}): MailMessage => ({
  id: '0193a0d2-7a1b-7c3d-8e4f-5a6b7c8d9e0f',
  to: 'ann@example.com',
  subject: 'Confirm your e-mail address',
  text: 'Hello in text, naïve & plain',
  html: '<p>Hello in HTML</p>',
  ...changes,
});

/** Remembers what it was given; `answer` decides what becomes of each mail. */
export class FakeTransport extends MailTransport {
  readonly sent: MailMessage[] = [];
  answer: (message: MailMessage) => Promise<void> = () => Promise.resolve();

  protected override async deliver(given: MailMessage): Promise<void> {
    await this.answer(given);
    this.sent.push(given);
  }
}

export interface RunningServer {
  readonly url: string;
  /** The raw messages that were accepted. */
  readonly received: string[];
  /** Ends a connection without a word. */
  hangUp(sessionId: string): void;
  stop(): Promise<void>;
}

/** A real SMTP server on the loopback interface. */
export async function smtpServer(
  options: SMTPServerOptions = {},
  listenOn = 0,
): Promise<RunningServer> {
  const received: string[] = [];
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData(stream, _session, done) {
      let raw = '';
      stream.setEncoding('utf8');
      stream.on('data', (part: string) => (raw += part));
      stream.on('end', () => {
        received.push(raw);
        done();
      });
    },
    ...options,
  });
  server.on('error', () => undefined); // connections that a test drops on purpose
  await new Promise<void>((resolve) => server.listen(listenOn, '127.0.0.1', resolve));
  const { port } = server.server.address() as AddressInfo;
  const stop = () =>
    new Promise<void>((resolve) => {
      server.close(resolve);
    });
  const hangUp = (sessionId: string) => {
    const connections = server.connections as Set<{ id: string; _socket: Socket }>;
    for (const { id, _socket } of connections) if (id === sessionId) _socket.destroy();
  };
  return { hangUp, url: `smtp://127.0.0.1:${port}`, received, stop };
}

export const refusal = (responseCode: number) =>
  Object.assign(new Error('refused by the test'), { responseCode });
