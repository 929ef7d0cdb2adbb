import { OpaqueToken } from '../../src/common/opaque-token.js';
import type { TokensDto } from '../../src/sessions/tokens.dto.js';
import { Browser } from '../support/browser.js';
import { Client } from '../support/client.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const LOGOUT = '/v1/auth/logout';

describe('Signing out', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
  });
  afterAll(() => test.close());

  const withBrowser = async () => {
    const made = await make.user();
    const browser = new Browser(test);
    const { body } = await browser.signIn(made);
    return { ...made, browser, id: body.session.id };
  };
  const withApp = async () => {
    const made = await make.user();
    const { body } = await make.client.login(made.email, made.password);
    return { ...made, ...body, id: body.session.id, client: new Client(test, body.accessToken) };
  };
  const refresh = (refreshToken: string) =>
    make.client.post<TokensDto>('/v1/auth/refresh', { refreshToken });
  const lives = async (id: string): Promise<boolean> =>
    (await test.database.query<unknown[]>('SELECT 1 FROM sessions WHERE id = $1', [id])).length > 0;
  /** Says yes and does nothing. */
  const expectNothing = async (body: object | undefined) => {
    const answer = await changingNoRow(test, () => make.client.post(LOGOUT, body));
    expect(answer).toMatchObject({ status: 204, text: '' });
  };

  it('C04 leaves no row behind, and nothing that was handed out before opens anything', async () => {
    const { id, client, refreshToken } = await withApp();
    const next = await refresh(refreshToken);
    expect(await client.post(LOGOUT)).toMatchObject({ status: 204, text: '' });
    expect(await lives(id)).toBe(false);
    for (const token of [client, client.as(next.body.accessToken)]) {
      expectProblem(await token.me(), 401, 'invalid_token');
    }
    for (const token of [refreshToken, next.body.refreshToken ?? '']) {
      expectProblem(await refresh(token), 401, 'invalid_token');
    }
  });

  it('C04 works with a refresh token that was used already, as of a tab that was asleep', async () => {
    const { id, refreshToken } = await withApp();
    const next = await refresh(refreshToken);
    expect((await make.client.post(LOGOUT, { refreshToken })).status).toBe(204);
    expect(await lives(id)).toBe(false);
    expectProblem(await refresh(next.body.refreshToken ?? ''), 401, 'invalid_token');
  });

  it('T28 takes every cookie away but the one a device is known by, and says nothing else', async () => {
    const { browser } = await withBrowser();
    const answer = await browser.post(LOGOUT);
    expect(answer).toMatchObject({ status: 204, text: '' });
    expect([...browser.cookies.keys()]).toEqual(['device']);
  });

  it('may be done twice by the same browser', async () => {
    const { browser, id } = await withBrowser();
    const [session = '', csrf] = [browser.cookie('session'), browser.csrf];
    for (let i = 0; i < 2; i++) {
      expect((await browser.post(LOGOUT, undefined, csrf)).status).toBe(204);
      browser.plant('session', session);
    }
    expect(await lives(id)).toBe(false);
  });

  it('F14 at once by 20 tabs is no failure', async () => {
    const { browser, id } = await withBrowser();
    const headers = { ...browser.csrf, cookie: `session=${browser.cookie('session')}` };
    const tabs = Array.from({ length: 20 }, () =>
      make.client.send({ method: 'POST', url: LOGOUT, headers }),
    );
    for (const { status } of await Promise.all(tabs)) expect([204, 401]).toContain(status);
    expect(await lives(id)).toBe(false);
  });

  describe('with what somebody made up', () => {
    it('F14 ends nothing though it names a living session', async () => {
      const { id } = await withApp();
      const forged = `${OpaqueToken.issue('ghr', id).reveal()}_00000000000`;
      await expectNothing({ refreshToken: forged });
      await expectNothing({ refreshToken: forged.replace('ghr_', 'ghc_') });
      expect(await lives(id)).toBe(true);
    });

    it('ends nothing with a genuine token’s letters turned', async () => {
      const { refreshToken } = await withApp();
      for (const place of [0, 5, 30, 60, 75]) {
        const turned = refreshToken[place] === '1' ? '2' : '1';
        const text = refreshToken.slice(0, place) + turned + refreshToken.slice(place + 1);
        await expectNothing({ refreshToken: text });
      }
    });

    it('ends nothing with the access token or the cookie in the place of a refresh token', async () => {
      const { accessToken } = await withApp();
      const { browser } = await withBrowser();
      await expectNothing({ refreshToken: browser.cookie('session') });
      await expectNothing({ refreshToken: accessToken.slice(0, 512) });
    });

    it('ends nothing with a cookie of another secret', async () => {
      const { browser, id } = await withBrowser();
      const headers = { cookie: `session=${OpaqueToken.issue('ghs', id).reveal()}` };
      const answer = await changingNoRow(test, () =>
        make.client.send({ method: 'POST', url: LOGOUT, headers }),
      );
      expect(answer.status).toBe(204);
      expect((await browser.me()).status).toBe(200);
    });

    it('F14 is no failure when it is nothing at all', async () => {
      await expectNothing(undefined);
      await expectNothing({});
    });
  });

  it('D01 is nothing that a foreign page can do to a browser', async () => {
    const { browser } = await withBrowser();
    for (const headers of [
      {},
      { 'x-xsrf-token': 'nonsense' },
      { ...browser.csrf, origin: 'https://evil.example.com' },
      { ...browser.csrf, 'sec-fetch-site': 'cross-site' },
    ]) {
      expectProblem(
        await browser.send({ method: 'POST', url: LOGOUT, headers }),
        403,
        'csrf_failed',
      );
    }
    expect((await browser.me()).status).toBe(200);
  });

  it('T28 with the refresh token of another session never leaves that of the cookie unseen', async () => {
    const { browser, id } = await withBrowser();
    const { refreshToken, id: other } = await withApp();
    const answer = await browser.post(LOGOUT, { refreshToken });
    expect(answer.status).toBe(204);
    expect(await lives(other)).toBe(false);
    expect(await lives(id)).toBe(browser.cookie('session') !== undefined);
  });

  it('D01 takes no cookie from a browser for a foreign page’s made-up refresh token', async () => {
    const { browser } = await withBrowser();
    const headers = { origin: 'https://evil.example.com', 'sec-fetch-site': 'cross-site' };
    const body = { refreshToken: 'nonsense' };
    await browser.send({ method: 'POST', url: LOGOUT, body, headers });
    expect((await browser.me()).status).toBe(200);
  });

  it('T28 as the bearer of a token never leaves the session of the cookie unseen', async () => {
    const { browser, id } = await withBrowser();
    const { accessToken } = await withApp();
    const headers = { authorization: `Bearer ${accessToken}` };
    expect((await browser.send({ method: 'POST', url: LOGOUT, headers })).status).toBe(204);
    expect(await lives(id)).toBe(browser.cookie('session') !== undefined);
  });

  describe('everywhere', () => {
    it('needs to be somebody, and ends nobody else', async () => {
      expectProblem(await make.client.post(`${LOGOUT}/all`), 401, 'not_authenticated');
      const [one, other] = [await withBrowser(), await withBrowser()];
      expect((await one.browser.post(`${LOGOUT}/all`)).status).toBe(204);
      expect([...one.browser.cookies.keys()]).toEqual(['device']);
      expect(await lives(one.id)).toBe(false);
      expect((await other.browser.me()).status).toBe(200);
    });

    it('does not sign out whoever signs in afterwards', async () => {
      const { browser, email, password } = await withBrowser();
      await browser.post(`${LOGOUT}/all`);
      await browser.signIn({ email, password });
      expect((await browser.me()).status).toBe(200);
    });
  });
});
