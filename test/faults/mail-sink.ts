import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { SMTPServer, type SMTPServerDataStream, type SMTPServerSession } from 'smtp-server';

type Done = (error?: Error | null) => void;
/** What becomes of a mail that has been read. */
export type Mood = 'takes' | 'refuses for now' | 'takes and hangs up' | 'is slow';

export interface Arrived {
  readonly to: string;
  readonly messageId: string;
  /** The token of its link, if there is one. */
  readonly token: string | undefined;
}

/** Where all mails of the fleet arrive; it can be ill. */
export class MailSink {
  readonly arrived: Arrived[] = [];
  mood: Mood = 'takes';
  #server: SMTPServer | undefined;
  #port = 0;

  get url(): string {
    return `smtp://127.0.0.1:${String(this.#port)}`;
  }

  async start(): Promise<void> {
    const server = new SMTPServer({
      disabledCommands: ['STARTTLS', 'AUTH'],
      authOptional: true,
      closeTimeout: 50,
      onData: (stream, session, done) => {
        this.#read(stream, session, done);
      },
    });
    server.on('error', () => undefined);
    this.#server = server;
    const inner = server.listen(this.#port, '127.0.0.1');
    if (!inner.listening) await once(inner, 'listening');
    this.#port = (inner.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (server === undefined) return;
    await new Promise<void>((resolve) => {
      server.close(resolve);
    });
  }

  /** To how many mails with different ids to this address. */
  countTo(address: string): number {
    const ids = this.arrived.filter(({ to }) => to === address).map(({ messageId }) => messageId);
    return new Set(ids).size;
  }

  /** How many arrived twice. */
  get twice(): number {
    return this.arrived.length - new Set(this.arrived.map(({ messageId }) => messageId)).size;
  }

  #read(stream: SMTPServerDataStream, session: SMTPServerSession, done: Done): void {
    let raw = '';
    stream.setEncoding('utf8');
    stream.on('data', (part: string) => (raw += part));
    stream.on('end', () => void this.#decide(raw, session, done));
  }

  async #decide(raw: string, session: SMTPServerSession, done: Done): Promise<void> {
    if (this.mood === 'refuses for now') {
      done(Object.assign(new Error('Come again'), { responseCode: 451 }));
      return;
    }
    if (this.mood === 'is slow') await sleep(3000);
    const messageId = /^Message-ID: (\S+)/im.exec(raw)?.[1] ?? '';
    const token = /gh[a-z]+_\w+/.exec(raw.replaceAll('=\r\n', ''))?.[0];
    for (const { address } of session.envelope.rcptTo) {
      this.arrived.push({ to: address, messageId, token });
    }
    if (this.mood === 'takes and hangs up') this.#hangUp(session.id);
    else done();
  }

  #hangUp(id: string): void {
    const connections = this.#server?.connections as unknown as
      Set<{ id: string; _socket: { destroy(): void } }> | undefined;
    for (const connection of connections ?? []) {
      if (connection.id === id) connection._socket.destroy();
    }
  }
}
