import type { Answer } from '../support/client.js';
import { Make, someEmail } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { RawHttp } from '../support/raw-http.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const SECURITY_HEADERS = {
  'content-security-policy': expect.stringContaining("frame-ancestors 'none'") as string,
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

const expectGuarded = ({ headers }: Pick<Answer, 'headers'>) => {
  expect(headers).toMatchObject(SECURITY_HEADERS);
  for (const name of ['x-powered-by', 'server', 'etag', 'last-modified']) {
    expect(headers).not.toHaveProperty(name);
  }
};

/** Security catalogue 4.N. */
describe('Every answer', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
  });
  afterAll(() => test.close());

  const get = (url: string, headers = {}) => make.client.send({ method: 'GET', url, headers });

  it.each<[number, string, () => Promise<Answer>]>([
    [200, 'health', () => get('/health/live')],
    [200, 'a page', () => get('/verify-email')],
    [200, 'the documentation', () => get('/docs/openapi.json')],
    [200, 'oneself', async () => (await make.signedIn()).client.me()],
    [401, 'nobody', () => get('/v1/users/me')],
    [401, 'a bad token', () => get('/health/live', { authorization: 'Bearer x' })],
    [404, 'nothing', () => get('/v1/nothing')],
    [400, 'an address that cannot be read', () => get('/%zz')],
    [400, 'bad input', () => make.client.post('/v1/auth/login', {})],
    [415, 'text', () => make.client.send({ method: 'POST', url: '/v1/auth/login', payload: 'x' })],
    [413, 'a large body', () => make.client.post('/v1/auth/login', 'x'.repeat(70_000))],
  ])('N13 %i for %s is guarded and names no software', async (status, _, ask) => {
    const answer = await ask();
    expect(answer.status).toBe(status);
    expectGuarded(answer);
    expect(answer.headers['cache-control']).toBe('no-store');
    expect(answer.headers['x-request-id']).toMatch(/^[\w.-]{8,64}$/);
    expect(answer.headers).not.toHaveProperty('strict-transport-security');
    expect(answer.headers).not.toHaveProperty('set-cookie');
  });

  it('is guarded even where the request is no HTTP', async () => {
    const answer = await (await RawHttp.open(test)).ask('hello\r\n\r\n');
    expectProblem(answer, 400, 'malformed_request');
    expectGuarded(answer);
    expect(answer.headers['cache-control']).toBe('no-store');
  });

  it('may be kept if it is the public keys, which anyone may read', async () => {
    const answer = await get('/.well-known/jwks.json', { origin: 'https://any.example' });
    expectGuarded(answer);
    expect(answer.headers['cache-control']).toBe('public, max-age=300');
    expect(answer.headers).not.toHaveProperty('access-control-allow-credentials');
    expect(Object.keys(answer.body as object)).toEqual(['keys']);
    expect(answer.text).not.toContain('"d"');
  });

  describe('N16 to another method', () => {
    it.each(['TRACE', 'OPTIONS', 'PUT', 'DELETE', 'PROPFIND'])(
      '%s is that there is nothing, and echoes nothing',
      async (method) => {
        const answer = await make.client.send({
          method: method,
          url: '/v1/auth/login',
          headers: { 'x-echo': 'do-not-echo-me' },
        });
        expectProblem(answer, 404, 'not_found');
        expect(answer.text + JSON.stringify(answer.headers)).not.toContain('do-not-echo-me');
      },
    );

    it('HEAD is that of GET, without a body', async () => {
      const answer = await make.client.send({ method: 'HEAD', url: '/health/live' });
      expect(answer).toMatchObject({ status: 200, text: '' });
      expectGuarded(answer);
      const refused = await make.client.send({ method: 'HEAD', url: '/v1/users/me' });
      expect(refused).toMatchObject({ status: 401, text: '' });
    });

    it('H16 HEAD and GET of a verification link prove nothing', async () => {
      const email = someEmail();
      await make.client.register(email, 'a violet rides the tram');
      const token = await test.outbox.tokenFor(email);
      for (const method of ['GET', 'HEAD'] as const) {
        await make.client.send({ method, url: `/verify-email?token=${token}` });
        const direct = await make.client.send({
          method,
          url: `/v1/auth/email/verify?token=${token}`,
        });
        expect(direct.status).toBe(404);
      }
      expect(await make.client.verify(token)).toMatchObject({ status: 204 });
    });
  });

  it.each([
    ...['/V1/users/me', '/v1/Users/me', '/v1/users/ME', '/v1/users/me/', '/v1//users/me'],
    ...['//v1/users/me', '/v1/users/me//', '/v1/users/me/x.css', '/v1/users/me;x.js'],
    ...['/v1/users/me.css', '/v1/users/me%3Bx.js', '/v1/users/me%20', '/v1/users/me%00.css'],
    ...['/v1/users/me/..%2f', '/v1/users/%2e', '/v1/users/me%2f'],
  ])('N10 at %s there is nothing, even for somebody signed in', async (url) => {
    const { client } = await make.signedIn();
    expectProblem(await client.get(url), 404, 'not_found');
  });

  it.each([
    'x-original-url',
    'x-rewrite-url',
    'x-forwarded-prefix',
    'x-http-method-override',
    'x-http-method',
  ])('N11 is not changed by %s', async (name) => {
    const plain = await get('/health/live');
    for (const value of ['/v1/users/me', 'POST', 'https://evil.example']) {
      const answer = await get('/health/live', { [name]: value });
      expect({ status: answer.status, text: answer.text }).toEqual({
        status: 200,
        text: plain.text,
      });
    }
  });

  it.each([
    ['host', 'evil.example'],
    ['host', 'localhost:3000:evil@evil.example'],
    ['x-forwarded-host', 'evil.example'],
    ['x-forwarded-server', 'evil.example'],
    ['x-forwarded-proto', 'javascript'],
    ['forwarded', 'host=evil.example;proto=https'],
    ['origin', 'https://evil.example'],
    ['referer', 'https://evil.example/'],
    ['x-original-host', 'evil.example'],
  ])('H04 and every mail lead to PUBLIC_URL whatever %s says', async (name, value) => {
    const email = someEmail();
    const answer = await make.client.send({
      method: 'POST',
      url: '/v1/auth/register',
      headers: { 'content-type': 'application/json', [name]: value },
      payload: JSON.stringify({ email, password: 'a violet rides the tram' }),
    });
    expect(answer.status).toBe(202);
    const [mail] = await test.outbox.waitFor(email);
    const links = `${mail!.text} ${mail!.html}`.match(/https?:\/\/[^\s"<]+/g) ?? [];
    expect(links.length).toBeGreaterThan(0);
    for (const link of links) expect(link).toMatch(/^http:\/\/localhost:3000\//);
    expect(JSON.stringify(mail)).not.toContain('evil');
    const problem = await get('/v1/nothing', { [name]: value });
    expect(problem.text + JSON.stringify(problem.headers)).not.toContain('evil');
  });
});

it('Every answer of a server on https asks for https', async () => {
  const test = await startTestApp({ environment: { PUBLIC_URL: 'https://auth.example.com' } });
  const answer = await new Make(test).client.get('/v1/nothing');
  expect(answer.headers['strict-transport-security']).toBe('max-age=31536000; includeSubDomains');
  await test.close();
});
