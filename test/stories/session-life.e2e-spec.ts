import { DataSource } from 'typeorm';
import { LastSeenService } from '../../src/sessions/last-seen.service.js';
import { SessionDataService } from '../../src/sessions/session-data.service.js';
import { type SessionEvent, sessionEndings } from '../../src/sessions/session-endings.js';
import { SessionSweepService } from '../../src/sessions/session-sweep.service.js';
import { SessionsService } from '../../src/sessions/sessions.service.js';
import { UsersService } from '../../src/users/users.service.js';
import { Browser } from '../support/browser.js';
import { Client } from '../support/client.js';
import { behindItsBack } from '../support/heard.js';
import { GOOD_PASSWORD, Make } from '../support/make.js';
import { olderHash } from '../support/older-hash.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

interface App {
  readonly client: Client;
  readonly refreshToken: string;
}

describe('A session', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
  });
  afterAll(() => test.close());

  const service = <T>(type: abstract new (...args: never[]) => T): T =>
    test.app.get<T>(type, { strict: false });
  const refresh = (refreshToken: string) => make.client.post('/v1/auth/refresh', { refreshToken });
  const idsOf = async (userId: string): Promise<string[]> => {
    const rows = await test.database.query<{ id: string }[]>(
      'SELECT id FROM sessions WHERE user_id = $1 ORDER BY id',
      [userId],
    );
    return rows.map(({ id }) => id);
  };
  /** Somebody with a browser and two apps, in this order. */
  const withThreeDevices = async () => {
    const made = await make.user();
    const browser = new Browser(test);
    await browser.signIn(made);
    const apps: App[] = [];
    for (let i = 0; i < 2; i++) {
      const { body } = await make.client.login(made.email, made.password);
      const { accessToken, refreshToken } = body;
      apps.push({ client: new Client(test, accessToken), refreshToken });
    }
    expect(await browser.me()).toMatchObject({ status: 200 });
    for (const { client } of apps) expect(await client.me()).toMatchObject({ status: 200 });
    return { ...made, browser, apps };
  };

  it('C04 is over after signing out by cookie', async () => {
    const { browser, apps } = await withThreeDevices();
    const stale = browser.cookie('session') ?? '';
    expect(await browser.post('/v1/auth/logout')).toMatchObject({ status: 204 });
    expect(browser.cookie('session')).toBeUndefined();
    browser.plant('session', stale);
    expectProblem(await browser.me(), 401, 'invalid_token');
    for (const { client } of apps) expect(await client.me()).toMatchObject({ status: 200 });
  });

  it.each(['access', 'refresh'])('C04 is over after signing out by %s token', async (by) => {
    const { browser, apps } = await withThreeDevices();
    const [{ client, refreshToken }, other] = apps as [App, App];
    if (by === 'access') await client.post('/v1/auth/logout');
    else await make.client.post('/v1/auth/logout', { refreshToken });
    expectProblem(await client.me(), 401, 'invalid_token');
    expectProblem(await refresh(refreshToken), 401, 'invalid_token');
    expect(await other.client.me()).toMatchObject({ status: 200 });
    expect(await browser.me()).toMatchObject({ status: 200 });
  });

  it('can be signed out of twice, and by nobody with something made up', async () => {
    const { browser, apps } = await withThreeDevices();
    const [app] = apps;
    const made = [undefined, {}, { refreshToken: 'nonsense' }, { refreshToken: '' }];
    for (const body of made) {
      expect(await make.client.post('/v1/auth/logout', body)).toMatchObject({ status: 204 });
    }
    expect(await app?.client.me()).toMatchObject({ status: 200 });
    const body = { refreshToken: app?.refreshToken };
    for (let i = 0; i < 2; i++) {
      expect(await make.client.post('/v1/auth/logout', body)).toMatchObject({ status: 204 });
    }
    expect(await browser.me()).toMatchObject({ status: 200 });
  });

  it('is over everywhere after signing out everywhere', async () => {
    const { browser, apps } = await withThreeDevices();
    expect(await browser.post('/v1/auth/logout/all')).toMatchObject({ status: 204 });
    for (const { client, refreshToken } of apps) {
      expectProblem(await client.me(), 401, 'invalid_token');
      expectProblem(await refresh(refreshToken), 401, 'invalid_token');
    }
  });

  it.each(Object.entries(sessionEndings))('C07 of %s ends: %s', async (event, ends) => {
    const { user, browser, apps } = await withThreeDevices();
    const { browser: bystander } = await withThreeDevices();
    const [sessionId = '', ...others] = await idsOf(user.id);
    const whose = { userId: user.id, sessionId };
    await service(SessionsService).endFor(event as SessionEvent, whose);
    const left = { none: [sessionId, ...others], this: others, others: [sessionId], all: [] };
    expect(await idsOf(user.id)).toEqual(left[ends]);
    const isLeft = (id: string | undefined) => (left[ends] as unknown[]).includes(id);
    expect((await browser.me()).status).toBe(isLeft(sessionId) ? 200 : 401);
    for (const [i, { client, refreshToken }] of apps.entries()) {
      expect((await client.me()).status).toBe(isLeft(others[i]) ? 200 : 401);
      expect((await refresh(refreshToken)).status).toBe(isLeft(others[i]) ? 200 : 401);
    }
    expect(await bystander.me()).toMatchObject({ status: 200 });
  });

  it.each(['the service', 'SQL'])(
    'C08, T27 of somebody deactivated by %s is over for good',
    async (by) => {
      const { user, browser, apps } = await withThreeDevices();
      const setActive = (isActive: boolean) =>
        by === 'SQL'
          ? behindItsBack(test, 'UPDATE users SET is_active = $2 WHERE id = $1', [
              user.id,
              isActive,
            ])
          : service(DataSource).transaction(async (manager) => {
              await service(UsersService).setActive(manager, user.id, isActive);
              if (isActive) return;
              await service(SessionsService).endFor(
                'user_deactivated',
                { userId: user.id },
                manager,
              );
            });
      const expectNobody = async () => {
        expect((await browser.me()).status).toBe(401);
        for (const { client, refreshToken } of apps) {
          expectProblem(await client.me(), 401, 'invalid_token');
          expectProblem(await refresh(refreshToken), 401, 'invalid_token');
        }
      };
      await setActive(false);
      await expectNobody();
      await setActive(true);
      await expectNobody();
    },
  );

  it('C08 of somebody deleted is over at once', async () => {
    const { user, browser, apps } = await withThreeDevices();
    await behindItsBack(test, 'DELETE FROM users WHERE id = $1', [user.id]);
    expectProblem(await browser.me(), 401, 'invalid_token');
    for (const { client } of apps) expectProblem(await client.me(), 401, 'invalid_token');
  });

  it('goes on when the hash of the password is upgraded at a sign-in', async () => {
    const { user, email, browser, apps } = await withThreeDevices();
    await behindItsBack(test, 'UPDATE users SET password_hash = $2 WHERE id = $1', [
      user.id,
      olderHash(),
    ]);
    expect((await make.client.login(email, GOOD_PASSWORD)).status).toBe(200);
    expect(await browser.me()).toMatchObject({ status: 200 });
    for (const { client } of apps) expect(await client.me()).toMatchObject({ status: 200 });
  });

  it('is removed when it is over, in batches, and no other', async () => {
    const { user } = await make.signedIn();
    await test.database.query(
      `INSERT INTO sessions (id, user_id, methods, authenticated_at, created_at, last_seen_at, expires_at, transport, refresh_hash)
       SELECT gen_random_uuid(), $1, '{pwd}', now(), now(), now(), now() - interval '1 hour', 'token', '\\x00'
         FROM generate_series(1, 2500)`,
      [user.id],
    );
    expect(await service(SessionSweepService).sweep()).toBeGreaterThanOrEqual(2500);
    expect(await idsOf(user.id)).toHaveLength(1);
  });

  it('notes when it was seen last once for all, and never backwards', async () => {
    const { user, client } = await make.signedIn();
    const lastSeen = async () => {
      const [row] = await test.database.query<{ at: Date }[]>(
        'SELECT last_seen_at AS at FROM sessions WHERE user_id = $1',
        [user.id],
      );
      return row?.at.getTime() ?? 0;
    };
    const atFirst = await lastSeen();
    test.clock.forward(30);
    await client.me();
    expect(await lastSeen()).toBe(atFirst);
    await service(LastSeenService).write();
    expect(await lastSeen()).toBeGreaterThanOrEqual(atFirst + 30_000);
    const later = "now() + interval '1 day'";
    await test.database.query(`UPDATE sessions SET last_seen_at = ${later} WHERE user_id = $1`, [
      user.id,
    ]);
    const ahead = await lastSeen();
    await client.me();
    await service(LastSeenService).write();
    expect(await lastSeen()).toBe(ahead);
  });

  describe('with data of the application', () => {
    const withSession = async () => {
      const made = await make.signedIn();
      const [id = ''] = await idsOf(made.user.id);
      return { ...made, id, data: service(SessionDataService) };
    };

    it('keeps what two writers at once say of different things', async () => {
      const { id, data } = await withSession();
      const keys = Array.from({ length: 20 }, (_, i) => `key${i}`);
      await Promise.all(keys.map((key) => data.merge(id, { [key]: key })));
      expect(Object.keys(await data.read(id)).sort()).toEqual(keys.sort());
      expect(await data.merge(id, { key0: null, nested: { a: [1] } })).toMatchObject({
        nested: { a: [1] },
      });
      expect(await data.read(id)).not.toHaveProperty('key0');
    });

    it('T29 is never brought back by a late writer', async () => {
      const { id, data, client, user } = await withSession();
      await client.post('/v1/auth/logout');
      await expect(data.merge(id, { late: true })).rejects.toMatchObject({ spec: { status: 401 } });
      await expect(data.read(id)).rejects.toMatchObject({ spec: { status: 401 } });
      expect(await idsOf(user.id)).toEqual([]);
    });

    it('holds a little, not a lot', async () => {
      const { id, data } = await withSession();
      const tooMuch = data.merge(id, { text: 'x'.repeat(17_000) });
      await expect(tooMuch).rejects.toMatchObject({ spec: { code: 'session_data_too_large' } });
      expect(await data.read(id)).toEqual({});
    });
  });
});
