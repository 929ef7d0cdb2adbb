import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Outbox } from '../support/outbox.js';
import {
  eventually,
  post,
  postmasterOf,
  removeProgram,
  ServerProcess,
} from '../support/server-process.js';
import { run, withDatabase } from '../support/test-database.js';

const PASSWORD = 'a violet rides the tram';
const REGISTERED = { email: 'ann@example.com', password: PASSWORD };

afterAll(removeProgram);

/** A database that no other test uses: these servers make keys of their own in it. */
async function ownDatabase(): Promise<string> {
  const name = `own_${process.env['JEST_WORKER_ID'] ?? '1'}`;
  const url = process.env['DATABASE_URL'] ?? '';
  await run(url, [`DROP DATABASE IF EXISTS ${name}`, `CREATE DATABASE ${name}`]);
  return withDatabase(url, name);
}

describe('A server on an embedded database', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-server-'));
  let server: ServerProcess;
  let api: string;

  const start = async () => {
    server = new ServerProcess({ DATA_DIR: dataDir });
    api = `${await server.address()}/v1`;
  };
  const signIn = () => post(`${api}/auth/login`, REGISTERED);

  beforeAll(start, 60_000);
  afterAll(async () => {
    await server.kill();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('says where it is, where the docs are and where mail goes', () => {
    const base = api.replace('/v1', '');
    expect(server.output).toContain(`API    ${base}/v1`);
    expect(server.output).toContain(`Docs   ${base}/docs`);
    expect(server.output).toContain(join(dataDir, 'outbox'));
    expect(server.output).toContain('createsuperuser');
  });

  it('lets a stranger in', async () => {
    expect((await post(`${api}/auth/register`, REGISTERED)).status).toBe(202);
    const token = await new Outbox(join(dataDir, 'outbox')).tokenFor('ann@example.com');
    expect((await post(`${api}/auth/email/verify`, { token })).status).toBe(204);
    expect((await signIn()).status).toBe(200);
  });

  it('is told from a second one, which does not start', async () => {
    const second = new ServerProcess({ DATA_DIR: dataDir });
    expect(await second.ended()).toBe(1);
    expect(second.output).toContain(`already running on this data at ${api.replace('/v1', '')}`);
    expect((await signIn()).status).toBe(200);
  });

  it('works again by itself when the database was killed', async () => {
    process.kill(postmasterOf(dataDir), 'SIGKILL');
    await eventually(200, signIn);
  });

  it('starts again after it was killed, with nothing lost', async () => {
    await server.kill();
    await start();
    expect((await signIn()).status).toBe(200);
  }, 60_000);

  it('starts again after it and the database were killed', async () => {
    const postmaster = postmasterOf(dataDir);
    await server.kill();
    process.kill(postmaster, 'SIGKILL');
    await start();
    expect((await signIn()).status).toBe(200);
  }, 60_000);

  it('serves the requests under way before it ends, and the database ends with it', async () => {
    const postmaster = postmasterOf(dataDir);
    const underWay = [signIn(), signIn(), signIn()];
    await new Promise((resolve) => setTimeout(resolve, 100));
    server.signal('SIGTERM');
    const answers = await Promise.all(underWay);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(await server.ended()).toBe(0);
    expect(() => process.kill(postmaster, 0)).toThrow('ESRCH');
  });
});

describe('A server with a request that never ends', () => {
  it('waits for it no longer than SHUTDOWN_TIMEOUT, and ends as it should', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-server-'));
    const database = await ownDatabase();
    const server = new ServerProcess({
      DATA_DIR: dataDir,
      DATABASE_URL: database,
      SHUTDOWN_TIMEOUT: '1',
    });
    const { hostname, port } = new URL(await server.address());
    const socket = connect(Number(port), hostname);
    socket.on('error', () => undefined);
    socket.write('POST /v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n');
    socket.write('Content-Length: 99\r\n\r\n{');
    await eventually(200, () => fetch(`http://${hostname}:${port}/health/live`));
    server.signal('SIGTERM');
    expect(await server.ended()).toBe(0);
    socket.destroy();
    rmSync(dataDir, { recursive: true, force: true });
  });
});

describe('A server that cannot start', () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-server-'));
  afterAll(() => {
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('names every wrong setting at once, and shows no value', async () => {
    const server = new ServerProcess({
      PORT: 'hunter2',
      SECRET_KEYS: 'hunter2',
      CORS_ORIGINS: '*',
    });
    expect(await server.ended()).toBe(1);
    for (const name of ['PORT', 'SECRET_KEYS', 'CORS_ORIGINS']) {
      expect(server.output).toContain(name);
    }
    expect(server.output).not.toContain('hunter2');
  });

  it('refuses what is unsafe in production, each by name', async () => {
    const server = new ServerProcess({ NODE_ENV: 'production', PASSWORD_MIN_LENGTH: '6' });
    expect(await server.ended()).toBe(1);
    for (const name of ['SECRET_KEYS', 'PUBLIC_URL', 'PASSWORD_MIN_LENGTH']) {
      expect(server.output).toContain(name);
    }
  });

  it('says that its port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as { port: number };
    const database = await ownDatabase();
    const server = new ServerProcess({
      PORT: `${port}`,
      DATA_DIR: dataDir,
      DATABASE_URL: database,
    });
    expect(await server.ended()).toBe(1);
    expect(server.output).toContain('The port is taken');
    other.close();
  });
});

describe('A server with a database of its own', () => {
  it('never touches the embedded one', async () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-server-'));
    const database = await ownDatabase();
    const server = new ServerProcess({ DATA_DIR: dataDir, DATABASE_URL: database });
    const base = await server.address();
    expect((await fetch(`${base}/health/ready`)).status).toBe(200);
    expect(existsSync(join(dataDir, 'postgres'))).toBe(false);
    server.signal('SIGINT');
    expect(await server.ended()).toBe(0);
    rmSync(dataDir, { recursive: true, force: true });
  });
});
