import { OpaqueToken } from '../../src/common/opaque-token.js';
import { Browser } from '../support/browser.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const linesOf = (headers: { readonly 'set-cookie'?: unknown }): string[] =>
  [headers['set-cookie'] ?? []].flat().map(String).sort();

describe('The session cookie', () => {
  it('over https is bound to this host, unseen by scripts, and lives two weeks', async () => {
    const test = await startTestApp({ environment: { PUBLIC_URL: 'https://auth.example.com' } });
    const { headers, body } = await new Browser(test).signIn(await new Make(test).user());
    expect(linesOf(headers)).toEqual([
      expect.stringMatching(
        /^XSRF-TOKEN=[\w-]{43}; Path=\/; Max-Age=1209600; SameSite=Lax; Secure$/,
      ),
      expect.stringMatching(
        /^__Host-device=ghn_\w+; Path=\/; Max-Age=31536000; SameSite=Lax; HttpOnly; Secure$/,
      ),
      expect.stringMatching(
        /^__Host-session=ghs_\w+; Path=\/; Max-Age=1209600; SameSite=Lax; HttpOnly; Secure$/,
      ),
    ]);
    expect(Object.keys(body)).toEqual(['status', 'user', 'session']);
    await test.close();
  });

  describe('of a user', () => {
    let test: TestApp;
    let make: Make;

    beforeAll(async () => {
      test = await startTestApp();
      make = new Make(test);
    });
    afterAll(() => test.close());

    const signedIn = async () => {
      const made = await make.user();
      const browser = new Browser(test);
      await browser.signIn(made);
      return { ...made, browser };
    };
    const withCookie = (cookie: string, url = '/v1/users/me') =>
      make.client.send({ method: 'GET', url, headers: { cookie } });
    const countSessions = async () => {
      const [row] = await test.database.query<{ count: number }[]>(
        'SELECT count(*)::int AS count FROM sessions',
      );
      return row?.count;
    };

    it('on plain http, for development, has a name that needs no TLS', async () => {
      const { headers } = await new Browser(test).signIn(await make.user());
      expect(linesOf(headers)[2]).toMatch(
        /^session=ghs_\w+; Path=\/; Max-Age=1209600; SameSite=Lax; HttpOnly$/,
      );
    });

    it('signs her in', async () => {
      const { browser, email } = await signedIn();
      expect(await browser.me()).toMatchObject({ status: 200, body: { email } });
    });

    it('C01 is never one that was there before', async () => {
      const planted = OpaqueToken.issue('ghs').reveal();
      const browser = new Browser(test);
      browser.plant('session', planted);
      expect(await browser.signIn(await make.user())).toMatchObject({ status: 200 });
      expect(browser.cookie('session')).not.toBe(planted);
      expectProblem(await withCookie(`session=${planted}`), 401, 'invalid_token');
    });

    it('C01 is another one at each sign-in, and the former session of the browser ends', async () => {
      const { browser, email, password } = await signedIn();
      const former = browser.cookie('session') ?? '';
      await browser.signIn({ email, password });
      expect(browser.cookie('session')).not.toBe(former);
      expectProblem(await withCookie(`session=${former}`), 401, 'invalid_token');
      expect(await browser.me()).toMatchObject({ status: 200 });
    });

    it('T22, T31 strangers get no row and no cookie, whatever they show', async () => {
      const before = await countSessions();
      const unknown = `session=${OpaqueToken.issue('ghs').reveal()}`;
      for (const cookie of ['', 'session=abc', 'sessionid=1', unknown]) {
        const answer = await withCookie(cookie, '/health/live');
        expect(answer.status).toBe(200);
        expect(answer.headers['set-cookie']).toBeUndefined();
      }
      expect(await countSessions()).toBe(before);
    });

    it.each([
      ['two of the name', (good: string) => `session=${good}; session=${good}`],
      ['one of the name twice, one empty', (good: string) => `session=; session=${good}`],
      ['8 KB', () => `session=${'a'.repeat(8192)}`],
      ['quotes', (good: string) => `session="${good}"`],
      ['letters of elsewhere', () => 'session=gĥs_ümlaut'],
      ['nothing', () => 'session='],
      ['more behind', (good: string) => `session=${good}x`],
      ['less', (good: string) => `session=${good.slice(0, -1)}`],
    ])('C10 is refused with %s', async (_, cookieOf) => {
      const { browser } = await signedIn();
      const answer = await withCookie(cookieOf(browser.cookie('session') ?? ''));
      expectProblem(answer, 401, 'invalid_token');
    });

    it.each(['query', 'body', 'header', 'bearer'])(
      'C11 is not looked for in the %s',
      async (place) => {
        const { browser } = await signedIn();
        const value = browser.cookie('session') ?? '';
        const places: Record<string, object> = {
          query: { url: `/v1/users/me?session=${value}` },
          header: { headers: { session: value, 'x-session-token': value } },
          bearer: { headers: { authorization: `Bearer ${value}` } },
          body: {
            method: 'PATCH',
            headers: { 'content-type': 'application/json' },
            payload: JSON.stringify({ session: value }),
          },
        };
        const call = { method: 'GET', url: '/v1/users/me', ...places[place] } as const;
        const answer = await make.client.send(call);
        const code = place === 'bearer' ? 'invalid_token' : 'not_authenticated';
        expectProblem(answer, 401, code);
      },
    );

    it('C13 is not what the database holds', async () => {
      const { user, browser } = await signedIn();
      const [row] = await test.database.query<{ id: string; secret_hash: Buffer }[]>(
        'SELECT id, secret_hash FROM sessions WHERE user_id = $1',
        [user.id],
      );
      const value = browser.cookie('session') ?? '';
      const stored = JSON.stringify(
        await test.database.query('SELECT * FROM sessions WHERE user_id = $1', [user.id]),
      );
      expect(stored).not.toContain(value.split('_')[2]);
      for (const encoding of ['hex', 'base64', 'base64url'] as const) {
        const hash = row?.secret_hash.toString(encoding) ?? '';
        expectProblem(await withCookie(`session=${hash}`), 401, 'invalid_token');
        const [prefix, id] = value.split('_');
        expectProblem(await withCookie(`session=${prefix}_${id}_${hash}`), 401, 'invalid_token');
      }
      expect(test.logged.join('')).not.toContain(value.slice(-20));
    });

    it('C19 counts for nothing beside a header: who and what comes from the token', async () => {
      const { browser, email } = await signedIn();
      const other = await make.signedIn();
      const answer = await browser.send({
        method: 'GET',
        url: '/v1/users/me',
        headers: { authorization: `Bearer ${other.token}` },
      });
      expect(answer.body).toMatchObject({ email: other.email });
      expect(answer.body).not.toMatchObject({ email });
    });

    it('C20 saves nobody whose token is bad', async () => {
      const { browser } = await signedIn();
      for (const url of ['/v1/users/me', '/health/live']) {
        const headers = { authorization: 'Bearer nonsense' };
        expectProblem(await browser.send({ method: 'GET', url, headers }), 401, 'invalid_token');
      }
    });

    it('is taken away when it opens nothing any more, and is in nobody’s way', async () => {
      const { browser, email, password, user } = await signedIn();
      const stale = browser.cookie('session') ?? '';
      await test.database.query('DELETE FROM sessions WHERE user_id = $1', [user.id]);
      expect((await browser.signIn({ email, password })).status).toBe(200);
      browser.plant('session', stale);
      expectProblem(await browser.me(), 401, 'invalid_token');
      expect(browser.cookie('session')).toBeUndefined();
    });
  });
});
