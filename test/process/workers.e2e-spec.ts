import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { compileSources } from '../support/compiled-sources.js';
import { freePort } from '../support/free-port.js';
import { Outbox } from '../support/outbox.js';
import { post, ServerProcess } from '../support/server-process.js';
import { KEY_OF_THE_RUN } from '../support/test-app.js';
import { isAlive, workersOf } from './processes.js';
import { eventually } from './support.js';

const PASSWORD = 'a violet rides the tram';
const SCRAPER = 'a-token-of-the-scraper-0123456789abcdef';
const ANN = { email: 'ann@example.com', password: PASSWORD };

interface Answer {
  readonly status: number;
  /** Of the process that answered: its request ids begin alike. */
  readonly by: string;
}

/** On a connection of its own, which any of the workers may get. */
const ask = (url: string, token?: string, agent: Agent | false = false) =>
  new Promise<Answer>((resolve, reject) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    get(url, { agent, headers }, (answer) => {
      const by = String(answer.headers['x-request-id']).replace(/-.*/, '');
      answer.resume().on('end', () => {
        resolve({ status: answer.statusCode ?? 0, by });
      });
    }).on('error', reject);
  });

describe('Two workers behind one port', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-workers-'));
  const dataDir = join(folder, 'data');
  let server: ServerProcess;
  let api: string;
  let token: string;

  const start = async () => {
    server = new ServerProcess(
      { DATA_DIR: dataDir, WEB_CONCURRENCY: '2', METRICS_TOKEN: SCRAPER },
      folder,
    );
    api = `${await server.address()}/v1`;
  };
  const signIn = async () => {
    const answer = await post(`${api}/auth/login`, ANN);
    return ((await answer.json()) as { accessToken: string }).accessToken;
  };
  const many = <T>(count: number, one: () => Promise<T>) =>
    Promise.all(Array.from({ length: count }, one));
  const me = () => ask(`${api}/users/me`, token);

  beforeAll(async () => {
    compileSources(folder);
    await start();
    await post(`${api}/auth/register`, ANN);
    const proof = await new Outbox(join(dataDir, 'outbox')).tokenFor(ANN.email);
    await post(`${api}/auth/email/verify`, { token: proof });
    token = await signIn();
  }, 90_000);
  afterAll(async () => {
    await server.kill();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  it('both know who signed in at one of them', async () => {
    const answers = await many(20, me);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ by }) => by)).size).toBe(2);
  });

  it('both refuse who signed out at one of them, at once', async () => {
    const other = await signIn();
    await many(20, () => ask(`${api}/users/me`, other));
    const left = await fetch(`${api}/auth/logout`, {
      method: 'POST',
      headers: { authorization: `Bearer ${other}` },
    });
    expect(left.status).toBe(204);
    const answers = await many(20, () => ask(`${api}/users/me`, other));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
    expect(new Set(answers.map(({ by }) => by)).size).toBe(2);
  });

  it('both are in the metrics that one of them shows', async () => {
    const line =
      'gatehouse_http_request_duration_seconds_count{method="GET",route="/v1/users/me",status="200"}';
    const shown = async (line: string) => {
      const headers = { authorization: `Bearer ${SCRAPER}` };
      const text = await (await fetch(api.replace('/v1', '/metrics'), { headers })).text();
      return Number(
        text
          .split('\n')
          .find((each) => each.startsWith(line))
          ?.split(' ')
          .at(-1) ?? 0,
      );
    };
    const before = await shown(line);
    const answers = await many(20, me);
    expect(new Set(answers.map(({ by }) => by)).size).toBe(2);
    await eventually(async () => (await shown(line)) === before + 20);
    expect(await shown('gatehouse_news_up ')).toBe(1); // not 2: with one of them lost it would seem well
  });

  it('one that is killed is replaced, and nobody is signed out', async () => {
    const [victim = 0, survivor] = workersOf(server.pid);
    process.kill(victim, 'SIGKILL');
    await eventually(() => {
      const now = workersOf(server.pid);
      return now.length === 2 && now.includes(survivor ?? 0) && !now.includes(victim);
    });
    await eventually(async () => new Set((await many(20, me)).map(({ by }) => by)).size === 2);
    expect((await me()).status).toBe(200);
  }, 40_000);

  it('all are replaced on SIGHUP, with what .env says by then, and nobody is refused', async () => {
    const before = workersOf(server.pid);
    const statuses = new Set<number>();
    let over = false;
    const asking = many(4, async () => {
      const agent = new Agent({ keepAlive: true, maxSockets: 1 });
      while (!over) statuses.add((await ask(`${api}/users/me`, token, agent)).status);
      agent.destroy();
    });
    writeFileSync(join(folder, '.env'), 'PASSWORD_MIN_LENGTH=31\n');
    server.signal('SIGHUP');
    await eventually(() => server.output.includes('Reloaded.'), 40_000);
    over = true;
    await asking;
    expect(statuses).toEqual(new Set([200]));
    const now = workersOf(server.pid);
    expect(now).toHaveLength(2);
    expect(now.filter((pid) => before.includes(pid))).toEqual([]);
    const policy = await (await fetch(`${api}/auth/password/policy`)).text();
    expect(policy).toContain('31');
  }, 60_000);

  it('one that dies while all are replaced gets one successor, not two', async () => {
    const [, victim = 0] = workersOf(server.pid);
    const reloads = server.output.split('Reloaded.').length;
    server.signal('SIGHUP');
    process.kill(victim, 'SIGKILL');
    await eventually(() => server.output.split('Reloaded.').length > reloads, 40_000);
    await sleep(2500); // longer than a successor is waited for
    expect(workersOf(server.pid)).toHaveLength(2);
    expect((await me()).status).toBe(200);
  }, 60_000);

  it('three reloads at once are carried out one after the other', async () => {
    const reloads = server.output.split('Reloaded.').length;
    for (let i = 0; i < 3; i++) {
      server.signal('SIGHUP');
      await sleep(50); // or the kernel makes one of them
    }
    const most: number[] = [];
    await eventually(() => {
      most.push(workersOf(server.pid).length);
      return server.output.split('Reloaded.').length >= reloads + 3;
    }, 60_000);
    expect(Math.max(...most)).toBeLessThanOrEqual(3);
    expect(workersOf(server.pid)).toHaveLength(2);
  }, 90_000);

  it('none that cannot start takes the place of one that serves', async () => {
    const before = workersOf(server.pid);
    writeFileSync(join(folder, '.env'), 'PASSWORD_MIN_LENGTH=none\n');
    server.signal('SIGHUP');
    await eventually(() => server.output.includes('A new worker did not start'));
    expect(workersOf(server.pid)).toEqual(before);
    expect((await me()).status).toBe(200);
    rmSync(join(folder, '.env'));
  }, 40_000);

  it('end with their parent when it is killed', async () => {
    const workers = workersOf(server.pid);
    await server.kill();
    await eventually(() => !workers.some(isAlive));
    await start();
    expect((await me()).status).toBe(200);
  }, 60_000);

  it('serve what is under way when asked to end, and leave nothing behind', async () => {
    const workers = workersOf(server.pid);
    const underWay = many(3, () => post(`${api}/auth/login`, ANN));
    await sleep(100);
    server.signal('SIGTERM');
    expect(await server.ended()).toBe(0);
    const statuses = (await underWay).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(workers.some(isAlive)).toBe(false);
  }, 40_000);
});

describe('Two workers on a database that is not theirs', () => {
  let server: ServerProcess;
  const dataDir = mkdtempSync(join(tmpdir(), 'gatehouse-workers-'));
  afterAll(async () => {
    await server.kill();
    rmSync(dataDir, { recursive: true, force: true });
  });

  it('come back when both are killed at once, and only their parent is left', async () => {
    server = new ServerProcess({
      DATA_DIR: dataDir,
      PORT: String(await freePort()), // 0 would be another one once nobody listens any more
      DATABASE_URL: process.env['DATABASE_URL'] ?? '',
      SECRET_KEYS: KEY_OF_THE_RUN,
      WEB_CONCURRENCY: '2',
    });
    const url = `${await server.address()}/health/ready`;
    const before = workersOf(server.pid);
    expect(before).toHaveLength(2);
    for (const pid of before) process.kill(pid, 'SIGKILL');
    await eventually(() => {
      const now = workersOf(server.pid);
      return now.length === 2 && !now.some((pid) => before.includes(pid));
    }, 40_000);
    await eventually(async () => (await ask(url).catch(() => undefined))?.status === 200, 40_000);
  }, 120_000);
});

describe('Workers that would count alone', () => {
  it('are refused at the start, with what to change', async () => {
    const server = new ServerProcess({ WEB_CONCURRENCY: '2', RATE_LIMIT_STORE: 'memory' });
    expect(await server.ended()).toBe(1);
    expect(server.output).toContain('RATE_LIMIT_STORE must not be memory with WEB_CONCURRENCY');
  }, 40_000);
});
