import { RouteTable } from '../../src/auth/route-table.js';
import { Browser } from '../support/browser.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { rowsOf } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const SPA = 'https://app.example.com';
const ID = '01939f5c-7b0a-7c3e-8a51-3f1d2c4b5a69';

/** Security catalogue 4.D. */
describe('A foreign page', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp({ environment: { CORS_ORIGINS: SPA } });
    make = new Make(test);
  });
  afterAll(() => test.close());

  const signedIn = async () => {
    const made = await make.user();
    const browser = new Browser(test);
    await browser.signIn(made);
    return { ...made, browser };
  };
  /** The only call here that leaves no trace when it succeeds. */
  const change = (browser: Browser, headers: Readonly<Record<string, string>>) =>
    browser.send({ method: 'PATCH', url: '/v1/users/me', body: {}, headers });

  it('D01 can change nothing anywhere with a browser’s cookie alone', async () => {
    const { browser } = await signedIn();
    const routes = test.app.get(RouteTable, { strict: false }).routes();
    const unsafe = routes.filter(({ method, rule }) => method !== 'GET' && rule?.kind !== 'public');
    expect(unsafe.length).toBeGreaterThanOrEqual(5);
    const before = await rowsOf(test);
    for (const { method, path } of unsafe) {
      const url = path.replace(/:\w+/g, ID);
      const answer = await browser.send({ method: method as 'POST', url, body: {} });
      expectProblem(answer, 403, 'csrf_failed');
    }
    expect(await rowsOf(test)).toEqual(before);
  });

  it('D02, D11 gets nowhere with any token but that of the session', async () => {
    const { browser, email, password } = await signedIn();
    const { browser: other } = await signedIn();
    const right = browser.cookie('XSRF-TOKEN') ?? '';
    const stranger = new Browser(test);
    await stranger.get('/v1/auth/csrf');
    const beforeSignIn = stranger.cookie('XSRF-TOKEN') ?? '';
    const wrong = ['', ' ', right.slice(0, -1), `${right}A`, right.toUpperCase(), 'undefined'];
    for (const token of [...wrong, other.cookie('XSRF-TOKEN') ?? '', beforeSignIn]) {
      expectProblem(await change(browser, { 'x-xsrf-token': token }), 403, 'csrf_failed');
    }
    expect(await change(browser, { 'x-xsrf-token': right })).toMatchObject({ status: 200 });
    await browser.signIn({ email, password });
    expectProblem(await change(browser, { 'x-xsrf-token': right }), 403, 'csrf_failed');
  });

  it.each(['x-http-method-override', 'x-method-override'])(
    'D04 is not helped by %s',
    async (name) => {
      const { browser } = await signedIn();
      const url = '/v1/users/me/sessions?_method=DELETE';
      const answer = await browser.send({ method: 'GET', url, headers: { [name]: 'DELETE' } });
      expect([200, 400]).toContain(answer.status);
      expect(await browser.me()).toMatchObject({ status: 200 });
    },
  );

  it('D05 changes nothing by reading', async () => {
    const { browser } = await signedIn();
    const before = await rowsOf(test);
    for (const { method, path } of test.app.get(RouteTable, { strict: false }).routes()) {
      if (method === 'GET') await browser.get(path.replace(/:\w+/g, ID));
    }
    expect(await rowsOf(test)).toEqual(before);
  });

  describe('D07 cannot sign a browser in as somebody else', () => {
    const login = async (headers: Readonly<Record<string, string>>, payload?: string) => {
      const { email, password } = await make.user();
      const body = payload ?? JSON.stringify({ email, password, transport: 'cookie' });
      const answer = await make.client.send({
        method: 'POST',
        url: '/v1/auth/login',
        headers: { 'content-type': 'application/json', ...headers },
        payload: body,
      });
      expect(String(answer.headers['set-cookie'])).not.toContain('session=ghs');
      return answer;
    };

    it.each(['application/x-www-form-urlencoded', 'text/plain', 'multipart/form-data'])(
      'by a form of type %s',
      async (type) => {
        const payload = 'email=a%40example.com&password=x&transport=cookie';
        expectProblem(
          await login({ 'content-type': type }, payload),
          415,
          'unsupported_media_type',
        );
      },
    );

    it('without a token', async () => {
      expectProblem(await login({}), 403, 'csrf_failed');
    });

    it('with a token of its own making, planted as a cookie, too (D10)', async () => {
      const cookie = 'XSRF-TOKEN=abc.def';
      expectProblem(await login({ cookie, 'x-xsrf-token': 'abc.def' }), 403, 'csrf_failed');
    });

    it('with a genuine token from elsewhere, though it planted the cookie (D10)', async () => {
      const attacker = new Browser(test);
      await attacker.get('/v1/auth/csrf');
      const token = attacker.cookie('XSRF-TOKEN') ?? '';
      const pair = { cookie: `XSRF-TOKEN=${token}`, 'x-xsrf-token': token };
      const origin = 'https://evil.example.com';
      expectProblem(await login({ ...pair, origin }), 403, 'csrf_failed');
      expectProblem(await login({ ...pair, 'sec-fetch-site': 'same-site' }), 403, 'csrf_failed');
      expectProblem(await login({ 'x-xsrf-token': token }), 403, 'csrf_failed');
    });
  });

  it('D10 cannot use a token of its own, planted beside the session of another', async () => {
    const { browser } = await signedIn();
    const attacker = new Browser(test);
    await attacker.get('/v1/auth/csrf');
    const token = attacker.cookie('XSRF-TOKEN') ?? '';
    browser.plant('XSRF-TOKEN', token);
    expectProblem(await change(browser, { 'x-xsrf-token': token }), 403, 'csrf_failed');
  });

  it.each([
    'text/plain; application/json',
    'application/x-www-form-urlencoded; x=application/json',
  ])('D13 cannot pass off as JSON what is %p', async (type) => {
    const { browser } = await signedIn();
    const headers = { ...browser.csrf, 'content-type': type };
    const answer = await browser.send({ method: 'PATCH', url: '/v1/users/me', body: {}, headers });
    expectProblem(answer, 415, 'unsupported_media_type');
  });

  it.each([
    { origin: 'https://evil.example.com' },
    { origin: 'null' },
    { origin: '' },
    { origin: 'http://localhost:3000/' },
    { origin: 'http://localhost:3001' },
    { origin: 'https://localhost:3000' },
    { origin: 'HTTP://LOCALHOST:3000' },
    { origin: 'http://localhost:3000.evil.example.com' },
    { origin: `${SPA}.evil.example.com` },
    { origin: 'https://evil.example.com', 'sec-fetch-site': 'same-origin' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'nonsense' },
  ])('D14 is known by its origin alone, the token being right: %p', async (headers) => {
    const { browser } = await signedIn();
    expectProblem(await change(browser, { ...browser.csrf, ...headers }), 403, 'csrf_failed');
  });

  it.each([
    {},
    { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-origin' },
    { origin: 'http://127.0.0.1:3000' },
    { 'sec-fetch-site': 'none' },
    { origin: SPA, 'sec-fetch-site': 'same-site' },
    { origin: SPA, 'sec-fetch-site': 'cross-site' },
  ])('is not what our own pages are taken for: %p', async (headers) => {
    const { browser } = await signedIn();
    const answer = await change(browser, { ...browser.csrf, ...headers });
    expect(answer.status).toBe(200);
  });

  it('may be one of CORS_ORIGINS, which the browser lets send both', async () => {
    const answer = await make.client.send({
      method: 'OPTIONS',
      url: '/v1/users/me',
      headers: {
        origin: SPA,
        'access-control-request-method': 'PATCH',
        'access-control-request-headers': 'x-xsrf-token,content-type',
      },
    });
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': SPA,
      'access-control-allow-credentials': 'true',
      'access-control-allow-headers': expect.stringContaining('X-XSRF-TOKEN') as string,
    });
  });

  it('does not matter to bearers of a token, who need none of this', async () => {
    const { token } = await make.signedIn();
    const answer = await make.client.send({
      method: 'PATCH',
      url: '/v1/users/me',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        origin: 'https://evil.example.com',
      },
      payload: '{}',
    });
    expect(answer.status).toBe(200);
  });
});
