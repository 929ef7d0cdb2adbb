import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { findBinaries } from '../../src/database/embedded/binaries.js';
import { chooseRunAs } from '../../src/database/embedded/run-as.js';

export const hasPgBouncer = spawnSync('pgbouncer', ['--version'], { stdio: 'ignore' }).status === 0;

/** Debian's PgBouncer before the test database, as docs/fleet/pgbouncer.ini has it. */
export class PgBouncer {
  readonly #folder = mkdtempSync(join(tmpdir(), 'gatehouse-pgbouncer-'));
  #child: ChildProcess | undefined;

  static get version(): string {
    return spawnSync('pgbouncer', ['--version'], { encoding: 'utf8' }).stdout;
  }

  /** The address of that database through it. */
  async start(database: string): Promise<string> {
    const { host, port, user, password, database: name = '' } = new pg.Client(database);
    const own = await freePort();
    const users = join(this.#folder, 'userlist.txt');
    const file = join(this.#folder, 'pgbouncer.ini');
    const shipped = readFileSync(resolve(__dirname, '../../docs/fleet/pgbouncer.ini'), 'utf8');
    const fitted = shipped
      .replace(/^gatehouse = .*$/m, `${name} = host=${host} port=${String(port)} pool_size=3`)
      .replace(/^listen_addr = .*$/m, 'listen_addr = 127.0.0.1')
      .replace(/^listen_port = .*$/m, `listen_port = ${String(own)}`)
      .replace(/^auth_file = .*$/m, `auth_file = ${users}`)
      .replace(/^auth_type = .*$/m, 'auth_type = plain')
      .replace(/^server_tls_.*$/gm, '')
      .replace(/^default_pool_size = .*$/m, 'default_pool_size = 3');
    writeFileSync(file, `${fitted}\nunix_socket_dir =\nlogfile = ${join(this.#folder, 'log')}\n`);
    writeFileSync(users, `"${user}" "${String(password)}"\n`);
    // It refuses to run as root, and must reach the socket of the server: it runs as that does.
    const { prefix, ids, owner } = chooseRunAs({
      root: this.#folder,
      postgres: findBinaries().postgres,
    });
    for (const path of [this.#folder, file, users]) chownSync(path, owner.uid, owner.gid);
    chmodSync(this.#folder, 0o700);
    const [command, ...words] = [...prefix, 'pgbouncer', '-q', file];
    this.#child = spawn(command, words, { stdio: 'ignore', ...ids });
    const url = `postgres://${user}:${String(password)}@127.0.0.1:${String(own)}/${name}`;
    for (let i = 0; i < 15; i++) {
      if (await answers(url)) return url;
      await sleep(200);
    }
    throw new Error(`PgBouncer did not start: ${readFileSync(join(this.#folder, 'log'), 'utf8')}`);
  }

  async stop(): Promise<void> {
    if (this.#child?.exitCode === null) {
      const ended = once(this.#child, 'exit');
      this.#child.kill('SIGKILL');
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 1000 });
  client.on('error', () => undefined);
  return client
    .connect()
    .then(() => client.end())
    .then(
      () => true,
      () => false,
    );
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  return port;
}
