import { Postman } from '../../src/mail/postman.js';
import type { TokensDto } from '../../src/sessions/tokens.dto.js';
import { Browser } from '../support/browser.js';
import { Client } from '../support/client.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const IN_COOKIE = { transport: 'token', refreshTransport: 'cookie' };
const REFRESH = '/v1/auth/refresh';
const ORIGIN = 'http://localhost:3000';

const cookiesSet = ({ headers }: { headers: Record<string, unknown> }): string[] =>
  [headers['set-cookie'] ?? []].flat().map(String);

it.each([
  ['https://auth.example.com', '/v1/auth/refresh'],
  ['https://example.com/auth', '/auth/v1/auth/refresh'],
])('A refresh cookie of %s is for TLS and for %s alone', async (url, path) => {
  const test = await startTestApp({ environment: { PUBLIC_URL: url } });
  const page = new Browser(test);
  const [line = '', ...more] = cookiesSet(
    await page.signIn(await new Make(test).user(), IN_COOKIE),
  );
  expect(more).toEqual([expect.stringMatching(/^(?:__Host-)?device=ghn_\w+; /)]);
  expect(line).toMatch(/^__Secure-refresh=ghc_\w+; /);
  expect(line.split('; ').slice(1).sort()).toEqual(
    ['HttpOnly', 'Max-Age=1209600', `Path=${path}`, 'SameSite=Lax', 'Secure'].sort(),
  );
  await test.close();
});

describe('A page that keeps its refresh token in a cookie', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
  });
  afterAll(async () => {
    await test.app.get(Postman, { strict: false }).idle();
    await test.close();
  });

  const signedIn = async () => {
    const made = await make.user();
    const page = new Browser(test);
    const { body } = await page.signIn(made, IN_COOKIE);
    return { ...made, page, accessToken: body.accessToken ?? '', sessionId: body.session.id };
  };
  const refresh = (page: Browser, headers = {}) =>
    page.post<TokensDto>(REFRESH, undefined, headers);

  it('gets one cookie, no token in the body, and no cookie for the rest of the site', async () => {
    const { page } = await signedIn();
    const answer = await refresh(page);
    expect(answer.text).not.toMatch(/gh[a-z]_/);
    expect(cookiesSet(answer)).toEqual([
      expect.stringMatching(/^refresh=ghc_\w+; Path=\/v1\/auth\/refresh; /),
    ]);
  });

  it('gets a cookie that ends with its session, however often it rotates', async () => {
    const { page } = await signedIn();
    for (const left of [1_209_500, 1_209_400]) {
      test.clock.forward(100);
      const age = Number(/Max-Age=(\d+)/.exec(cookiesSet(await refresh(page)).join())?.[1]);
      expect(Math.abs(age - left)).toBeLessThan(10);
    }
  });

  it.each([
    ['its own origin', { origin: ORIGIN, 'sec-fetch-site': 'same-origin' }],
    ['no origin but a token', {}],
  ])('refreshes from %s', async (_, headers) => {
    const { page } = await signedIn();
    expect(await refresh(page, headers)).toMatchObject({ status: 200 });
  });

  it.each<[string, Record<string, string>]>([
    ['another origin', { origin: 'https://evil.example.com' }],
    ['another port', { origin: 'http://localhost:4000' }],
    ['TLS where there is none', { origin: 'https://localhost:3000' }],
    ['a sandbox', { origin: 'null' }],
    ['a sister site', { 'sec-fetch-site': 'same-site' }],
    ['a token that is empty', { 'x-xsrf-token': '' }],
  ])('D01 is not refreshed by %s, which spends nothing', async (_, headers) => {
    const { page } = await signedIn();
    await changingNoRow(test, async () => {
      expectProblem(await refresh(page, headers), 403, 'csrf_failed');
    });
    expect(await refresh(page)).toMatchObject({ status: 200 });
  });

  it.each(['header', 'cookie'])('D01 is not refreshed with the %s alone', async (only) => {
    const { page } = await signedIn();
    const token = page.cookie('XSRF-TOKEN') ?? '';
    if (only === 'header') page.cookies.delete('XSRF-TOKEN');
    const headers: Record<string, string> = only === 'header' ? { 'x-xsrf-token': token } : {};
    await changingNoRow(test, async () => {
      const answer = await page.send({ method: 'POST', url: REFRESH, headers });
      expectProblem(answer, 403, 'csrf_failed');
    });
  });

  it('D01 is not refreshed with the token of another browser', async () => {
    const { page } = await signedIn();
    const other = new Browser(test);
    await other.get('/v1/auth/csrf');
    expectProblem(await refresh(page, other.csrf), 403, 'csrf_failed');
  });

  it('may fetch another CSRF token first, as after a reload', async () => {
    const { page } = await signedIn();
    page.cookies.delete('XSRF-TOKEN');
    await page.get('/v1/auth/csrf');
    expect(await refresh(page)).toMatchObject({ status: 200 });
  });

  it('has two tabs that refresh at once and keep one and the same cookie', async () => {
    const { page } = await signedIn();
    const tab = new Browser(test);
    for (const [name, { value, path }] of page.cookies) tab.plant(name, value, path);
    const answers = await Promise.all([refresh(page), refresh(tab)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    expect(tab.cookie('refresh')).toBe(page.cookie('refresh'));
    expect(await refresh(page)).toMatchObject({ status: 200 });
  });

  it('F01 is signed out when its cookie was stolen and used', async () => {
    const { page, email } = await signedIn();
    const thief = new Browser(test);
    for (const [name, { value, path }] of page.cookies) thief.plant(name, value, path);
    const { body } = await refresh(thief);
    test.clock.forward(test.settings.refreshGrace + 1);
    expectProblem(await refresh(page), 401, 'refresh_token_reused');
    expectProblem(await refresh(thief), 401, 'invalid_token');
    expectProblem(await new Client(test, body.accessToken).me(), 401, 'invalid_token');
    expect(await test.outbox.waitFor(email)).toHaveLength(1);
  });

  it('F05 is signed out with its access token: cookie, row and access token are gone', async () => {
    const { page, accessToken, sessionId } = await signedIn();
    const kept = page.cookie('refresh') ?? '';
    const headers = { authorization: `Bearer ${accessToken}` };
    const answer = await page.send({ method: 'POST', url: '/v1/auth/logout', headers });
    expect(answer.status).toBe(204);
    expect(page.cookie('refresh')).toBeUndefined();
    const find = 'SELECT 1 FROM sessions WHERE id = $1';
    expect(await test.database.query(find, [sessionId])).toEqual([]);
    expectProblem(await new Client(test, accessToken).me(), 401, 'invalid_token');
    await page.get('/v1/auth/csrf');
    page.plant('refresh', kept, REFRESH);
    expectProblem(await refresh(page), 401, 'invalid_token');
  });

  it('is told that it shows nothing when it has no cookie', async () => {
    const page = new Browser(test);
    await page.get('/v1/auth/csrf');
    expectProblem(await refresh(page), 400, 'validation_failed');
  });

  it.each(['refresh=x', 'refresh=', 'refresh=ghc_a'])(
    'is refused with a second cookie such as %s, in either order, and spends nothing',
    async (second) => {
      const { page } = await signedIn();
      const first = `refresh=${page.cookie('refresh') ?? ''}`;
      const csrf = `XSRF-TOKEN=${page.cookie('XSRF-TOKEN') ?? ''}`;
      for (const cookie of [
        [first, second, csrf],
        [second, first, csrf],
      ]) {
        const headers = { ...page.csrf, cookie: cookie.join('; ') };
        await changingNoRow(test, async () => {
          const answer = await make.client.send({ method: 'POST', url: REFRESH, headers });
          expectProblem(answer, 401, 'invalid_token');
        });
      }
      expect(await refresh(page)).toMatchObject({ status: 200 });
    },
  );

  it('refreshes beside a session cookie of another page of the same site', async () => {
    const made = await make.user();
    const page = new Browser(test);
    await page.signIn(made);
    await page.signIn(made, IN_COOKIE);
    await page.get('/v1/auth/csrf');
    expect(await refresh(page)).toMatchObject({ status: 200 });
  });

  describe('and has no access token any more', () => {
    const leave = (page: Browser) => page.delete(REFRESH);

    it('signs out with the cookie alone, which is taken away', async () => {
      const { page, sessionId } = await signedIn();
      await page.get('/v1/auth/csrf');
      const refreshToken = page.cookie('refresh') ?? '';
      const answer = await leave(page);
      expect(answer).toMatchObject({ status: 204, text: '' });
      expect(page.cookie('refresh')).toBeUndefined();
      const rows: unknown = await test.database.query('SELECT 1 FROM sessions WHERE id = $1', [
        sessionId,
      ]);
      expect(rows).toEqual([]);
      page.plant('refresh', refreshToken, REFRESH);
      expectProblem(await refresh(page), 401, 'invalid_token');
    });

    it('is not signed out by a foreign page', async () => {
      const { page } = await signedIn();
      await page.get('/v1/auth/csrf');
      for (const headers of [
        {},
        { 'x-xsrf-token': 'nonsense' },
        { ...page.csrf, origin: 'https://evil.example.com' },
        { ...page.csrf, 'sec-fetch-site': 'cross-site' },
      ]) {
        const answer = await changingNoRow(test, () =>
          page.send({ method: 'DELETE', url: REFRESH, headers }),
        );
        expectProblem(answer, 403, 'csrf_failed');
      }
      expect(await refresh(page)).toMatchObject({ status: 200 });
    });

    it('is told nothing when there was nothing to end', async () => {
      expect(await leave(new Browser(test))).toMatchObject({ status: 204, text: '' });
      const { page } = await signedIn();
      await page.get('/v1/auth/csrf');
      await leave(page);
      page.plant('refresh', 'nonsense', REFRESH);
      expect((await leave(page)).status).toBe(204);
    });
  });
});
