import {
  type SMTPServerDataStream,
  type SMTPServerOptions,
  type SMTPServerSession,
} from 'smtp-server';
import { readSettings } from '../../../src/config/settings.js';
import { SmtpTransport } from '../../../src/mail/smtp-transport.js';
import { type PostOffice } from './post-office.js';
import { type RunningServer, smtpServer } from './support.js';

type Done = (error?: Error | null) => void;

/** What the server does once it has the whole of a mail. */
export type Verdict = (session: SMTPServerSession, done: Done) => void;

/** Milliseconds that a node waits, where the test is of a server that is slow, and where it is of anything else. */
export const IMPATIENT = { connect: 200, reply: 300, whole: 2000 };
export const PATIENT = { connect: 10_000, reply: 10_000, whole: 20_000 };

/** A real SMTP server whose faults the test decides, and nodes that deliver to it. */
export class FaultyServer {
  verdict: Verdict = (_, done) => {
    done();
  };
  /** Of each mail that was read to its end, whatever became of it. */
  readonly read: string[] = [];
  #server: RunningServer | undefined;
  readonly #transports: SmtpTransport[] = [];

  private constructor(private readonly office: PostOffice) {}

  /** One for the tests of this file, at work when `start` says so. */
  static for(office: PostOffice): FaultyServer {
    const faulty = new FaultyServer(office);
    afterEach(() => faulty.#end());
    return faulty;
  }

  async start(options: SMTPServerOptions = {}): Promise<RunningServer> {
    this.#server = await smtpServer({ onData: this.#onData, ...options });
    return this.#server;
  }

  stop(): Promise<void> {
    return this.#server?.stop() ?? Promise.resolve();
  }

  /** Another node whose mail goes to this server. */
  node(url = this.#server?.url ?? '', patience = PATIENT, environment = {}) {
    const transport = new SmtpTransport(url, readSettings(environment), patience);
    this.#transports.push(transport);
    return this.office.node({ transport });
  }

  /** Ends the connection without a word. */
  hangUp({ id }: SMTPServerSession): void {
    this.#server?.hangUp(id);
  }

  /** The Message-IDs of what was read, in order. */
  messageIds(): string[] {
    return this.read.map((raw) => /^Message-ID: (\S+)/m.exec(raw)?.[1] ?? '');
  }

  readonly #onData = (stream: SMTPServerDataStream, session: SMTPServerSession, done: Done) => {
    let raw = '';
    stream.setEncoding('utf8');
    stream.on('data', (part: string) => (raw += part));
    stream.on('end', () => {
      this.read.push(raw);
      this.verdict(session, done);
    });
  };

  async #end(): Promise<void> {
    for (const transport of this.#transports.splice(0)) transport.onApplicationShutdown();
    await this.stop();
    this.#server = undefined;
    this.read.length = 0;
    this.verdict = (_, done) => {
      done();
    };
  }
}
