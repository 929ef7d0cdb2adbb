import { Browser } from '../support/browser.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { RawHttp } from '../support/raw-http.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

type Headers = Readonly<Record<string, string>>;

const SPA = 'https://app.example.com';
const FOREIGN: readonly Headers[] = [
  { origin: 'https://evil.example.com' },
  { origin: 'null' },
  { origin: `${SPA}/` },
  { origin: `${SPA}:8443` },
  { origin: `${SPA}:443` },
  { origin: 'http://app.example.com' },
  { origin: SPA.toUpperCase() },
  { origin: 'https://APP.example.com' },
  { origin: `${SPA}.` },
  { origin: `https://x.app.example.com` },
  { origin: `https://app.example.com@evil.example.com` },
  { origin: `${SPA} https://evil.example.com` },
  { origin: `https://evil.example.com, ${SPA}` },
  { origin: '*' },
  { origin: 'file://' },
  { 'sec-fetch-site': 'cross-site' },
  { 'sec-fetch-site': 'same-site' },
  { 'sec-fetch-site': 'Same-Origin' },
  { 'sec-fetch-site': '' },
];

/** Security catalogue D14: as in a browser that knows no SameSite and sends cookies to everybody. */
describe('A page of another origin, though it has the right token,', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp({ environment: { CORS_ORIGINS: SPA } });
    make = new Make(test);
  });
  afterAll(() => test.close());

  const signedIn = async (more?: object) => {
    const made = await make.user();
    const browser = new Browser(test);
    const { body } = await browser.signIn(made, more);
    return { ...made, browser, accessToken: body.accessToken };
  };

  describe.each(FOREIGN)('D14 known by %p,', (foreign) => {
    it('changes nothing with the session cookie', async () => {
      const { browser } = await signedIn();
      for (const [method, url] of [
        ['PATCH', '/v1/users/me'],
        ['DELETE', '/v1/users/me/sessions'],
        ['POST', '/v1/auth/logout'],
      ] as const) {
        const headers = { ...browser.csrf, ...foreign };
        const body = method === 'PATCH' ? { firstName: 'Eve' } : undefined;
        const answer = await changingNoRow(test, () =>
          browser.send({ method, url, body, headers }),
        );
        expectProblem(answer, 403, 'csrf_failed');
      }
    });

    it('refreshes nothing with the refresh cookie', async () => {
      const { browser } = await signedIn({ transport: 'token', refreshTransport: 'cookie' });
      const headers = { ...browser.csrf, ...foreign };
      const url = '/v1/auth/refresh';
      const answer = await changingNoRow(test, () =>
        browser.send({ method: 'POST', url, headers }),
      );
      expectProblem(answer, 403, 'csrf_failed');
      expect((await browser.post(url)).status).toBe(200);
    });

    it.each([{ transport: 'cookie' }, { transport: 'token', refreshTransport: 'cookie' }])(
      'D07 signs nobody in with %p',
      async (transport) => {
        const { email, password } = await make.user();
        const browser = new Browser(test);
        await browser.get('/v1/auth/csrf');
        const body = { email, password, ...transport };
        const answer = await changingNoRow(test, () =>
          browser.post('/v1/auth/login', body, foreign),
        );
        expectProblem(answer, 403, 'csrf_failed');
        expect([...browser.cookies.keys()]).toEqual(['XSRF-TOKEN']);
      },
    );
  });

  it('D14 names its origin twice in vain', async () => {
    const { browser } = await signedIn();
    const http = await RawHttp.open(test);
    const ask = (...origins: readonly string[]) =>
      http.ask(
        [
          'DELETE /v1/users/me/sessions HTTP/1.1',
          'Host: a',
          'Connection: close',
          `Cookie: session=${browser.cookie('session')}`,
          `X-XSRF-TOKEN: ${browser.cookie('XSRF-TOKEN')}`,
          ...origins.map((origin) => `Origin: ${origin}`),
          '',
          '',
        ].join('\r\n'),
      );
    expect((await ask(SPA)).status).toBe(204);
    expect([400, 403]).toContain((await ask('https://evil.example.com', SPA)).status);
    expect([400, 403]).toContain((await ask(SPA, 'https://evil.example.com')).status);
    expect([400, 403]).toContain((await ask('null', SPA)).status);
  });

  it('bearing a token of its own needs none of this, beside somebody’s cookie, too', async () => {
    const { browser } = await signedIn();
    const { token, email } = await make.signedIn();
    const headers = { authorization: `Bearer ${token}`, origin: 'https://evil.example.com' };
    const answer = await browser.send({ method: 'PATCH', url: '/v1/users/me', body: {}, headers });
    expect(answer).toMatchObject({ status: 200, body: { email } });
  });

  describe('D13 cannot pass off as JSON', () => {
    const TYPES = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'];
    it.each([
      ...TYPES,
      ...TYPES.map((type) => `${type}; application/json`),
      ...['application/jsonp', 'application/json-patch+json', 'text/json', 'application/jsonx'],
      ...['application/json, text/plain', 'text/plain, application/json', '*/*'],
    ])('what is %p', async (type) => {
      const { browser } = await signedIn();
      const body = { firstName: 'Eve' };
      const headers = { ...browser.csrf, 'content-type': type };
      const answer = await changingNoRow(test, () =>
        browser.send({ method: 'PATCH', url: '/v1/users/me', body, headers }),
      );
      expect([400, 415]).toContain(answer.status);
    });

    it.each(TYPES)('D07 a form of %p that signs in', async (type) => {
      const { email, password } = await make.user();
      const browser = new Browser(test);
      await browser.get('/v1/auth/csrf');
      const body = { email, password, transport: 'cookie' };
      const answer = await browser.post('/v1/auth/login', body, { 'content-type': type });
      expectProblem(answer, 415, 'unsupported_media_type');
      expect(browser.cookie('session')).toBeUndefined();
    });
  });

  describe('as browsers ask before they send (CORS)', () => {
    const preflight = (origin: string, method = 'PATCH') =>
      make.client.send({
        method: 'OPTIONS',
        url: '/v1/users/me',
        headers: {
          origin,
          'access-control-request-method': method,
          'access-control-request-headers': 'x-xsrf-token,content-type,authorization',
        },
      });

    it.each(FOREIGN.flatMap(({ origin }) => origin ?? []))('is not let in: %p', async (origin) => {
      const asked = await preflight(origin);
      const read = await make.client.send({
        method: 'GET',
        url: '/v1/auth/csrf',
        headers: { origin },
      });
      for (const { headers } of [asked, read]) {
        expect(headers).not.toHaveProperty('access-control-allow-origin');
        expect(headers).not.toHaveProperty('access-control-allow-credentials');
      }
    });

    it.each(['GET', 'POST', 'PATCH', 'DELETE'])(
      'is let in to %s when it is one of CORS_ORIGINS',
      async (method) => {
        const { headers } = await preflight(SPA, method);
        expect(headers['access-control-allow-origin']).toBe(SPA);
        expect(headers['access-control-allow-credentials']).toBe('true');
        expect(headers['access-control-allow-methods']).toContain(method);
        expect(String(headers['access-control-allow-headers']).toLowerCase()).toContain(
          'x-xsrf-token',
        );
      },
    );

    it('signs in, changes and refreshes as one of CORS_ORIGINS', async () => {
      const { email, password } = await make.user();
      const page = { origin: SPA, 'sec-fetch-site': 'cross-site' };
      const browser = new Browser(test);
      await browser.get('/v1/auth/csrf');
      const body = { email, password, transport: 'cookie' };
      const answer = await browser.post('/v1/auth/login', body, page);
      expect(answer.status).toBe(200);
      expect(answer.headers['access-control-allow-credentials']).toBe('true');
      const headers = { ...browser.csrf, ...page };
      const url = '/v1/users/me';
      expect((await browser.send({ method: 'PATCH', url, body: {}, headers })).status).toBe(200);
      const tokens = await signedIn({ transport: 'token', refreshTransport: 'cookie' });
      const refreshed = await tokens.browser.post('/v1/auth/refresh', undefined, page);
      expect(refreshed.status).toBe(200);
    });
  });
});
