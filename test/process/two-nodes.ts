import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DataSource } from 'typeorm';
import { KeyRing } from '../../src/config/key-ring.js';
import { readSettings } from '../../src/config/settings.js';
import { createDataSource } from '../../src/data-source.js';
import type { Device } from '../../src/sessions/device.js';
import { RefreshToken } from '../../src/sessions/refresh-token.js';
import { newSession } from '../../src/sessions/session-row.js';
import { Session } from '../../src/sessions/session.entity.js';
import { userRow } from '../../src/users/new-user.js';
import { User } from '../../src/users/user.entity.js';
import { freePort } from '../support/free-port.js';
import { someEmail } from '../support/make.js';
import { ServerProcess } from '../support/server-process.js';
import { run, withDatabase } from '../support/test-database.js';

export interface Reply {
  readonly status: number;
  readonly body: Readonly<Record<string, string>>;
}

const agent = new Agent({ keepAlive: true, maxSockets: 64 });

/** fetch() costs several times as much, and these tests ask a hundred thousand times. */
export function call(
  method: string,
  url: string,
  headers: Readonly<Record<string, string>> = {},
  body?: object,
): Promise<Reply> {
  const payload = body && JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method,
        agent,
        headers: { ...headers, ...(payload && { 'content-type': 'application/json' }) },
      },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on('data', (part: Buffer) => parts.push(part));
        answer.on('error', reject);
        answer.on('end', () => {
          const text = Buffer.concat(parts).toString();
          const read = (text === '' ? {} : JSON.parse(text)) as Reply['body'];
          resolve({ status: answer.statusCode ?? 0, body: read });
        });
      },
    );
    sent.on('error', reject);
    sent.end(payload);
  });
}

export interface SignedIn {
  readonly userId: string;
  readonly sessionId: string;
  readonly cookie: { readonly cookie: string };
  readonly refreshToken: string;
}

/** Two servers, each a process of its own, on one database and one key ring. */
export class TwoNodes {
  readonly #key = randomBytes(32);
  readonly ring = new KeyRing([this.#key]);
  readonly #dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-nodes-'));
  readonly nodes: ServerProcess[] = [];
  readonly urls: string[] = [];
  database!: DataSource;
  databaseUrl = '';

  constructor(private readonly environment: Readonly<Record<string, string>> = {}) {}

  /** `through`: what the second node takes for the address of the database. */
  async start(through = (url: string) => Promise.resolve(url)): Promise<void> {
    const server = process.env['DATABASE_URL'] ?? '';
    const name = `nodes_${process.env['JEST_WORKER_ID'] ?? '1'}`;
    await run(server, [
      `DROP DATABASE IF EXISTS ${name} (FORCE)`,
      `CREATE DATABASE ${name} TEMPLATE template`,
    ]);
    this.databaseUrl = withDatabase(server, name);
    this.database = await createDataSource(readSettings({}), this.databaseUrl).initialize();
    for (const url of [this.databaseUrl, await through(this.databaseUrl)]) {
      this.nodes.push(await this.launch(this.nodes.length, url));
    }
  }

  /** Kills a node, and starts another one in its place. */
  async replace(index: number): Promise<void> {
    await this.nodes[index]?.kill();
    this.nodes[index] = await this.launch(index, this.databaseUrl);
  }

  /** Tells a node to stop, as an upgrade does, and starts another one in its place. Its exit code. */
  async restart(index: number): Promise<number | null | undefined> {
    this.nodes[index]?.signal('SIGTERM');
    const code = await this.nodes[index]?.ended();
    this.nodes[index] = await this.launch(index, this.databaseUrl);
    return code;
  }

  private async launch(index: number, databaseUrl: string): Promise<ServerProcess> {
    const port = await freePort();
    const node = new ServerProcess({
      PORT: String(port),
      DATABASE_URL: databaseUrl,
      DATA_DIR: join(this.#dataDir, String(index)),
      SECRET_KEYS: this.#key.toString('base64'),
      PUBLIC_URL: 'http://localhost:3000',
      LOG_LEVEL: 'error',
      TWO_FACTOR_REQUIRED_FOR: 'none',
      ...this.environment,
    });
    await node.address();
    this.urls[index] = `http://127.0.0.1:${String(port)}`;
    return node;
  }

  /** Somebody whose session is written as the server writes it, without the cost of hashing. */
  async signedIn(transport: 'token' | 'cookie' = 'cookie'): Promise<SignedIn> {
    const now = new Date();
    const user = userRow({ email: someEmail(), passwordHash: null, emailVerified: true }, now);
    await this.database.getRepository(User).insert(user);
    const device: Device = {
      ip: null,
      userAgent: null,
      name: null,
      transport,
      refreshTransport: 'body',
    };
    const { row, secret } = newSession(user, { methods: ['pwd'] }, device, readSettings({}), now);
    await this.database.getRepository(Session).insert(row as never);
    return {
      userId: user.id,
      sessionId: row.id,
      cookie: { cookie: `session=${secret.reveal()}` },
      refreshToken: RefreshToken.of(secret, this.ring).reveal(),
    };
  }

  me(node: number, headers: Readonly<Record<string, string>>): Promise<Reply> {
    return call('GET', `${this.urls[node] ?? ''}/v1/users/me`, headers);
  }

  post(node: number, path: string, body: object = {}, headers = {}): Promise<Reply> {
    return call('POST', `${this.urls[node] ?? ''}/v1/auth/${path}`, headers, body);
  }

  async stop(): Promise<void> {
    await Promise.all(this.nodes.map((node) => node.kill()));
    await this.database.destroy();
    rmSync(this.#dataDir, { recursive: true, force: true });
  }
}

export const times = <T>(count: number, work: (i: number) => T): T[] =>
  Array.from({ length: count }, (_, i) => work(i));
