import { RouteTable } from '../../src/auth/route-table.js';
import { OpaqueToken } from '../../src/common/opaque-token.js';
import { CsrfService } from '../../src/sessions/csrf.service.js';
import { LastSeenService } from '../../src/sessions/last-seen.service.js';
import { bodyRoutes } from '../support/api.js';
import { Browser } from '../support/browser.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { changingNoRow, rowsOf } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const ID = '01939f5c-7b0a-7c3e-8a51-3f1d2c4b5a69';
const LOGIN = '/v1/auth/login';

describe('The CSRF token', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
  });
  afterAll(() => test.close());

  const signedIn = async (given = {}) => {
    const made = await make.user(given);
    const browser = new Browser(test);
    await browser.signIn(made);
    return { ...made, browser };
  };
  const tokenOf = (browser: Browser) => browser.cookie('XSRF-TOKEN') ?? '';
  const change = (browser: Browser, token: string, more = {}) =>
    browser.send({
      method: 'PATCH',
      url: '/v1/users/me',
      body: {},
      headers: { 'x-xsrf-token': token, ...more },
    });
  const routes = () => test.app.get(RouteTable, { strict: false }).routes();

  it('D01 is demanded with a body that satisfies every rule, too, and before it is read', async () => {
    const { browser } = await signedIn();
    const behindTheDoor = (await bodyRoutes(test)).filter(({ needsLogin }) => needsLogin);
    expect(behindTheDoor.length).toBeGreaterThanOrEqual(2);
    await changingNoRow(test, async () => {
      for (const { method, url, example } of behindTheDoor) {
        for (const body of [example, { nonsense: 1 }]) {
          expectProblem(await browser.send({ method, url, body }), 403, 'csrf_failed');
        }
      }
    });
  });

  describe('D02 is worth nothing', () => {
    it('when its session has ended, nor beside the next one', async () => {
      const { browser, email, password } = await signedIn();
      const old = tokenOf(browser);
      await browser.post('/v1/auth/logout');
      await browser.signIn({ email, password });
      expectProblem(await change(browser, old), 403, 'csrf_failed');
    });

    it('in another session of the same user', async () => {
      const { browser, email, password } = await signedIn();
      const other = new Browser(test);
      await other.signIn({ email, password });
      expectProblem(await change(browser, tokenOf(other)), 403, 'csrf_failed');
    });

    it('after a fresh proof, which makes the next one', async () => {
      const { browser, password } = await signedIn();
      const old = tokenOf(browser);
      await browser.post('/v1/auth/reauthenticate', { password });
      expect(tokenOf(browser)).not.toBe(old);
      expectProblem(await change(browser, old), 403, 'csrf_failed');
      expect((await change(browser, tokenOf(browser))).status).toBe(200);
    });

    it('anywhere but in its header', async () => {
      const { browser } = await signedIn();
      const token = tokenOf(browser);
      const url = `/v1/users/me?_csrf=${token}&X-XSRF-TOKEN=${token}`;
      const body = { _csrf: token };
      const headers = { 'x-csrf-token': token, 'csrf-token': token };
      const answer = await browser.send({ method: 'PATCH', url, body, headers });
      expectProblem(answer, 403, 'csrf_failed');
    });

    it.each<[string, (token: string) => string]>([
      ['twice', (token) => `${token}, ${token}`],
      ['in quotes', (token) => `"${token}"`],
      ['with padding', (token) => `${token}=`],
      ['in the other base64', (token) => Buffer.from(token, 'base64url').toString('base64')],
      ['with a letter turned', (token) => (token.startsWith('A') ? 'B' : 'A') + token.slice(1)],
      ['as a pair of those before a session', (token) => `abc.${token}`],
    ])('written %s', async (_, write) => {
      const { browser } = await signedIn();
      expectProblem(await change(browser, write(tokenOf(browser))), 403, 'csrf_failed');
    });
  });

  it('is the same at every call, so that many tabs get on with each other', async () => {
    const { browser } = await signedIn();
    const token = tokenOf(browser);
    const { body } = await browser.get<{ token: string }>('/v1/auth/csrf');
    expect([body.token, tokenOf(browser)]).toEqual([token, token]);
    for (let i = 0; i < 3; i++) expect((await change(browser, token)).status).toBe(200);
  });

  it('T33 is kept by no cache', async () => {
    const { headers } = await new Browser(test).get('/v1/auth/csrf');
    expect(headers['cache-control']).toBe('no-store');
  });

  it('D05 is needed by no reading, which changes nothing but when a session was seen', async () => {
    const people = [await signedIn(), await signedIn({ isStaff: true })];
    people.push(await signedIn({ isSuperuser: true }));
    const browsers = [new Browser(test), ...people.map(({ browser }) => browser)];
    const before = await rowsOf(test);
    for (const browser of browsers) {
      for (const { path } of routes()) {
        const url = path.replace(/:\w+/g, ID);
        for (const method of ['GET', 'HEAD', 'OPTIONS'] as const) {
          expect((await browser.send({ method, url })).status).toBeLessThan(500);
        }
      }
    }
    expect(await rowsOf(test)).toEqual(before);
    test.clock.forward(60);
    for (const browser of browsers) await browser.me();
    await test.app.get(LastSeenService, { strict: false }).write();
    const { sessions, ...others } = await rowsOf(test);
    expect(others).toEqual({ ...before, sessions: undefined });
    expect(sessions).not.toBe(before['sessions']);
  });

  describe('at the sign-in', () => {
    const login = (cookie: string, token: string, more = {}) =>
      make.client.send({
        method: 'POST',
        url: LOGIN,
        headers: {
          ...(cookie !== '' && { cookie }),
          'x-xsrf-token': token,
          'content-type': 'application/json',
        },
        payload: JSON.stringify(more),
      });
    const credentials = async () => {
      const { email, password } = await make.user();
      return { email, password, transport: 'cookie' };
    };

    it('is looked at before the password, so that foreign pages cannot guess either', async () => {
      const body = { ...(await credentials()), password: 'wrong password' };
      expectProblem(await login('', '', body), 403, 'csrf_failed');
    });

    it.each<[string, (nonce: string, mac: string) => string]>([
      ['another nonce', (nonce, mac) => `x${nonce.slice(1)}.${mac}`],
      ['no nonce', (_, mac) => `.${mac}`],
      ['no seal', (nonce) => `${nonce}.`],
      ['a short seal', (nonce, mac) => `${nonce}.${mac.slice(0, 22)}`],
      ['nothing', () => ''],
      ['only a dot', () => '.'],
    ])('D10 is not one with %s, though the cookie says the same', async (_, forge) => {
      const stranger = new Browser(test);
      await stranger.get('/v1/auth/csrf');
      const [nonce = '', mac = ''] = tokenOf(stranger).split('.');
      const token = forge(nonce, mac);
      const answer = await login(`XSRF-TOKEN=${token}`, token, await credentials());
      expectProblem(answer, 403, 'csrf_failed');
    });

    it('D10 is not that of a session that never was, planted with it', async () => {
      const madeUp = OpaqueToken.issue('ghs');
      const token = test.app.get(CsrfService, { strict: false }).tokenOf(madeUp);
      const cookie = `session=${madeUp.reveal()}; XSRF-TOKEN=${token}`;
      const answer = await login(cookie, token, await credentials());
      expectProblem(answer, 403, 'csrf_failed');
    });

    it('D11 of before is void afterwards, also the one that the sign-in itself was made with', async () => {
      const browser = new Browser(test);
      await browser.get('/v1/auth/csrf');
      const before = tokenOf(browser);
      await browser.post(LOGIN, await credentials());
      expect(tokenOf(browser)).not.toBe(before);
      expectProblem(await change(browser, before), 403, 'csrf_failed');
      browser.plant('XSRF-TOKEN', before);
      expectProblem(await change(browser, before), 403, 'csrf_failed');
    });

    it('D07 missing, the browser stays who it was', async () => {
      const { browser, email } = await signedIn();
      const body = await credentials();
      const answer = await browser.send({ method: 'POST', url: LOGIN, body });
      expectProblem(answer, 403, 'csrf_failed');
      expect((await browser.me()).body).toMatchObject({ email });
    });

    it('may be that of the session which the browser still has', async () => {
      const { browser } = await signedIn();
      const next = await credentials();
      expect((await browser.post(LOGIN, next)).status).toBe(200);
      expect((await browser.me()).body).toMatchObject({ email: next.email });
    });
  });
});
