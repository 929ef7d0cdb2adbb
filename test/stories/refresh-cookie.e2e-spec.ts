import type { TokensDto } from '../../src/sessions/tokens.dto.js';
import { Browser } from '../support/browser.js';
import { Client } from '../support/client.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const IN_COOKIE = { transport: 'token', refreshTransport: 'cookie' };

describe('A refresh token in a cookie', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
  });
  afterAll(() => test.close());

  const signedIn = async () => {
    const made = await make.user();
    const page = new Browser(test);
    const { body } = await page.signIn(made, IN_COOKIE);
    return { ...made, page, client: new Client(test, body.accessToken), body };
  };

  it('is seen by no script and sent nowhere but to refresh', async () => {
    const made = await make.user();
    const page = new Browser(test);
    const { headers, body } = await page.signIn(made, IN_COOKIE);
    expect([headers['set-cookie']].flat().map(String)).toEqual([
      expect.stringMatching(
        /^refresh=ghc_\w+; Path=\/v1\/auth\/refresh; Max-Age=1209600; SameSite=Lax; HttpOnly$/,
      ),
      expect.stringMatching(/^device=ghn_\w+; /),
    ]);
    expect(body).not.toHaveProperty('refreshToken');
    expect(body).toHaveProperty('accessToken');
  });

  it('rotates, and its page gets access tokens', async () => {
    const { page, email } = await signedIn();
    const first = page.cookie('refresh');
    const { status, body } = await page.post<TokensDto>('/v1/auth/refresh');
    expect(status).toBe(200);
    expect(body).not.toHaveProperty('refreshToken');
    expect(page.cookie('refresh')).not.toBe(first);
    expect((await new Client(test, body.accessToken).me()).body).toMatchObject({ email });
    expect((await page.post('/v1/auth/refresh', {})).status).toBe(200);
  });

  it('is not used by a foreign page, nor spent by it', async () => {
    const { page } = await signedIn();
    const url = '/v1/auth/refresh';
    const wrong = [
      {},
      { 'x-xsrf-token': 'nonsense' },
      { ...page.csrf, origin: 'https://evil.example.com' },
      { ...page.csrf, 'sec-fetch-site': 'cross-site' },
    ];
    for (const headers of wrong) {
      expectProblem(await page.send({ method: 'POST', url, headers }), 403, 'csrf_failed');
    }
    expect((await page.post(url)).status).toBe(200);
  });

  it('F11 works in no body, nor that of a body as a cookie', async () => {
    const { page, email, password } = await signedIn();
    const body = { refreshToken: page.cookie('refresh') };
    expectProblem(await make.client.post('/v1/auth/refresh', body), 401, 'invalid_token');
    const { refreshToken } = (await make.client.login(email, password)).body;
    page.plant('refresh', refreshToken, '/v1/auth/refresh');
    expectProblem(await page.post('/v1/auth/refresh'), 401, 'invalid_token');
  });

  it('needs a token at sign-in, too (login CSRF)', async () => {
    const { email, password } = await make.user();
    const answer = await make.client.post('/v1/auth/login', { email, password, ...IN_COOKIE });
    expectProblem(answer, 403, 'csrf_failed');
  });

  it('is refused when there are two', async () => {
    const { page } = await signedIn();
    const cookie = `refresh=${page.cookie('refresh')}; refresh=x; XSRF-TOKEN=${page.cookie('XSRF-TOKEN')}`;
    const answer = await make.client.send({
      method: 'POST',
      url: '/v1/auth/refresh',
      headers: { ...page.csrf, cookie },
    });
    expectProblem(answer, 401, 'invalid_token');
  });

  it('is dead and gone after signing out with the access token', async () => {
    const { page, body } = await signedIn();
    const kept = page.cookie('refresh') ?? '';
    const headers = { authorization: `Bearer ${body.accessToken}` };
    await page.send({ method: 'POST', url: '/v1/auth/logout', headers });
    expect(page.cookie('refresh')).toBeUndefined();
    await page.get('/v1/auth/csrf');
    page.plant('refresh', kept, '/v1/auth/refresh');
    expectProblem(await page.post('/v1/auth/refresh'), 401, 'invalid_token');
  });
});
