import { setTimeout as sleep } from 'node:timers/promises';
import { NewsService } from '../../src/database/news/news.service.js';
import { LastSeenService } from '../../src/sessions/last-seen.service.js';
import { SessionSweepService } from '../../src/sessions/session-sweep.service.js';
import type { TokensDto } from '../../src/sessions/tokens.dto.js';
import { Browser } from '../support/browser.js';
import { Client } from '../support/client.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const HOUR = 3600;
/** The clock of the test runs on: what a story itself may take. */
const SLACK = 5;

describe('ASVS 7.3 A session that is to be used every hour', () => {
  let test: TestApp;
  let make: Make;

  beforeEach(async () => {
    test = await startTestApp({
      environment: { SESSION_IDLE_TIMEOUT: String(HOUR), ACCESS_TOKEN_TTL: '3600' },
    });
    make = new Make(test);
  });
  afterEach(() => test.close());

  const withBrowser = async () => {
    const made = await make.user();
    const browser = new Browser(test);
    await browser.signIn(made);
    return { ...made, browser };
  };
  const refresh = (refreshToken: string | undefined) =>
    make.client.post<TokensDto>('/v1/auth/refresh', { refreshToken });

  it('C05 opens the door before the hour is over and not after, from its last use on', async () => {
    const { browser } = await withBrowser();
    test.clock.forward(HOUR - SLACK);
    expect((await browser.me()).status).toBe(200);
    test.clock.forward(HOUR - SLACK);
    expect((await browser.me()).status).toBe(200);
    test.clock.forward(HOUR + 1);
    expectProblem(await browser.me(), 401, 'session_expired');
  });

  it('C05 goes on from use to use also as the table tells it, which another node reads', async () => {
    const { browser } = await withBrowser();
    for (let i = 0; i < 3; i++) {
      test.clock.forward(HOUR - SLACK);
      expect((await browser.me()).status).toBe(200);
      await test.app.get(LastSeenService, { strict: false }).write();
      test.app.get(NewsService, { strict: false }).hear('sessions'); // and forget what is remembered
    }
    test.clock.forward(HOUR + 1);
    expectProblem(await browser.me(), 401, 'session_expired');
  });

  it('C05 used in its last seconds is not over when that is written down a moment later', async () => {
    const { browser } = await withBrowser();
    test.clock.forward(HOUR - 2);
    expect((await browser.me()).status).toBe(200);
    await test.app.get(LastSeenService, { strict: false }).write();
    test.clock.forward(3); // less than facts are remembered for
    expect((await browser.me()).status).toBe(200);
  });

  it.each([
    ['a call that is refused', { method: 'PATCH', url: '/v1/users/me', body: {} }, 403],
    ['a call that needs nobody', { method: 'GET', url: '/health/live' }, 200],
  ] as const)('C05 is not used by %s', async (_, call, status) => {
    const { browser } = await withBrowser();
    test.clock.forward(HOUR - SLACK);
    expect((await browser.send(call)).status).toBe(status);
    test.clock.forward(SLACK + 1);
    expectProblem(await browser.me(), 401, 'session_expired');
  });

  it('C05 is over for its access token and its refresh token, too', async () => {
    const { email, password } = await make.user();
    const { body } = await make.client.login(email, password);
    test.clock.forward(HOUR + 1);
    expect((await new Client(test, body.accessToken).me()).status).toBe(401);
    expectProblem(await refresh(body.refreshToken), 401, 'session_expired');
    expectProblem(await refresh(body.refreshToken), 401, 'session_expired');
  });

  it('C05 is used by refreshing', async () => {
    const { email, password } = await make.user();
    let { refreshToken } = (await make.client.login(email, password)).body as TokensDto;
    for (let i = 0; i < 3; i++) {
      test.clock.forward(HOUR - SLACK);
      const { status, body } = await refresh(refreshToken);
      expect(status).toBe(200);
      ({ refreshToken } = body);
    }
    test.clock.forward(HOUR + 1);
    expectProblem(await refresh(refreshToken), 401, 'session_expired');
  });

  it('C05 is used, in the eyes of its refresh token, by its access token', async () => {
    const { email, password } = await make.user();
    const { body } = await make.client.login(email, password);
    test.clock.forward(HOUR - SLACK);
    expect((await new Client(test, body.accessToken).me()).status).toBe(200);
    test.clock.forward(HOUR - SLACK);
    expect((await refresh(body.refreshToken)).status).toBe(200);
  });

  it('C05 is no device any more when it lay unused', async () => {
    const { email, password } = await withBrowser();
    test.clock.forward(HOUR + 1);
    const { accessToken } = (await make.client.login(email, password)).body;
    const { body } = await new Client(test, accessToken).get('/v1/users/me/sessions');
    expect(body).toMatchObject({ items: [{ current: true, transport: 'token' }] });
    expect((body as { items: unknown[] }).items).toHaveLength(1);
  });

  it('C05 used late is written down at once, for nodes that know the table alone', async () => {
    const { browser, user } = await withBrowser();
    test.clock.forward(HOUR - SLACK);
    await browser.me();
    let seen: Date | undefined;
    while ((seen?.getTime() ?? 0) < test.clock.millis() - SLACK * 1000) {
      await sleep(10);
      const [row] = await test.database.query<{ last_seen_at: Date }[]>(
        'SELECT last_seen_at FROM sessions WHERE user_id = $1',
        [user.id],
      );
      seen = row?.last_seen_at;
    }
    expect(seen).toBeDefined();
  });

  it('is written down once for all that were used, with the time of each', async () => {
    const browsers = [await withBrowser(), await withBrowser(), await withBrowser()];
    test.clock.forward(60);
    for (const { browser } of browsers) await browser.me();
    const query = jest.spyOn(test.database, 'query');
    await test.app.get(LastSeenService, { strict: false }).write();
    const writes = query.mock.calls.filter(([sql]) => sql.includes('SET last_seen_at'));
    expect(writes).toHaveLength(1);
    query.mockRestore();
    const rows = await test.database.query<{ seen: number }[]>(
      `SELECT extract(epoch FROM last_seen_at - created_at)::float8 AS seen FROM sessions
        WHERE user_id = ANY($1)`,
      [browsers.map(({ user }) => user.id)],
    );
    expect(rows).toHaveLength(3);
    for (const { seen } of rows) expect(seen).toBeGreaterThanOrEqual(60);
  });
});

describe('Sessions that are over', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
  });
  afterAll(() => test.close());

  const ending = (userId: string, count: number, inSeconds: number) =>
    test.database.query(
      `INSERT INTO sessions (id, user_id, methods, authenticated_at, created_at, last_seen_at, expires_at, transport, refresh_hash)
       SELECT gen_random_uuid(), $1, '{pwd}', $2, $2, $2, $2::timestamptz + make_interval(secs => $4), 'token', '\\x00'
         FROM generate_series(1, $3)`,
      [userId, test.clock.now(), count, inSeconds],
    );
  const countOf = async (userId: string) => {
    const [row] = await test.database.query<{ count: number }[]>(
      'SELECT count(*)::int AS count FROM sessions WHERE user_id = $1',
      [userId],
    );
    return row?.count;
  };

  it('are swept to the last, by two nodes at once and each once; those that live stay', async () => {
    const { user, client } = await make.signedIn();
    const sweeper = test.app.get(SessionSweepService, { strict: false });
    await sweeper.sweep();
    await ending(user.id, 2500, -1);
    await ending(user.id, 20, 60);
    const [one, other] = await Promise.all([sweeper.sweep(), sweeper.sweep()]);
    expect(one + other).toBe(2500);
    expect(await countOf(user.id)).toBe(21);
    expect((await client.me()).status).toBe(200);
    expect(await sweeper.sweep()).toBe(0);
  });

  it('take no room from those that live', async () => {
    const { user, client, email, password } = await make.signedIn();
    await ending(user.id, 3, -1);
    await make.client.login(email, password);
    expect((await client.me()).status).toBe(200);
  });
});

describe('C14 The sessions of a user who may have 10', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    const environment = { SESSIONS_PER_USER: '10', HASH_QUEUE: '100' };
    test = await startTestApp({ environment });
    make = new Make(test);
  });
  afterAll(() => test.close());

  const countOf = async (userId: string): Promise<number> => {
    const [row] = await test.database.query<{ count: number }[]>(
      'SELECT count(*)::int AS count FROM sessions WHERE user_id = $1',
      [userId],
    );
    return row?.count ?? 0;
  };

  it('make room for the next by ending the oldest, and only that', async () => {
    const { email, password, client, user } = await make.signedIn();
    const bystander = await make.signedIn();
    const later: Client[] = [];
    for (let i = 0; i < 9; i++) {
      later.push(client.as((await make.client.login(email, password)).body.accessToken));
    }
    expect((await client.me()).status).toBe(200);
    await make.client.login(email, password);
    expectProblem(await client.me(), 401, 'invalid_token');
    for (const each of [...later, bystander.client]) expect((await each.me()).status).toBe(200);
    expect(await countOf(user.id)).toBe(10);
  });

  it('are at no time more than 10 while 50 sign in at once', async () => {
    const { email, password, user } = await make.signedIn();
    for (let i = 0; i < 8; i++) await make.client.login(email, password);
    expect(await countOf(user.id)).toBe(9);
    let [done, most] = [false, 0];
    const watching = (async () => {
      while (!done) {
        most = Math.max(most, await countOf(user.id));
        await sleep(2);
      }
    })();
    const logins = Array.from({ length: 50 }, () => make.client.login(email, password));
    for (const { status } of await Promise.all(logins)) expect(status).toBe(200);
    done = true;
    await watching;
    expect([most, await countOf(user.id)]).toEqual([10, 10]);
  });
});
