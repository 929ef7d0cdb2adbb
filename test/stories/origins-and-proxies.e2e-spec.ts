import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const OURS = 'https://app.example.com';
const CORS_HEADERS = [
  ...['access-control-allow-origin', 'access-control-allow-credentials'],
  ...['access-control-allow-methods', 'access-control-allow-headers'],
];

const strangers = [
  ...['https://evil.example', 'null', 'https://app.example.com.evil.example', `${OURS}:8443`, '*'],
  ...['http://app.example.com', 'https://APP.example.com', 'https://xapp.example.com', `${OURS}/`],
  ...['https://evil.example/https://app.example.com', `${OURS}, https://evil.example`, 'file://'],
];

function corsStories(origins: string | undefined) {
  let test: TestApp;
  let make: Make;
  beforeAll(async () => {
    test = await startTestApp({
      environment: origins === undefined ? {} : { CORS_ORIGINS: origins },
    });
    make = new Make(test);
  });
  afterAll(() => test.close());

  const ask = (origin: string) =>
    make.client.send({ method: 'GET', url: '/health/live', headers: { origin } });
  const preflight = (origin: string, url = '/v1/users/me') =>
    make.client.send({
      method: 'OPTIONS',
      url,
      headers: {
        origin,
        'access-control-request-method': 'PATCH',
        'access-control-request-headers': 'authorization,content-type',
      },
    });
  return { ask, preflight, make: () => make };
}

/** Security catalogue 4.N07, N08. */
describe('Without CORS_ORIGINS', () => {
  const { ask, preflight } = corsStories(undefined);

  it.each([OURS, ...strangers])('no page of %s may read an answer', async (origin) => {
    for (const answer of [await ask(origin), await preflight(origin)]) {
      for (const name of CORS_HEADERS) expect(answer.headers).not.toHaveProperty(name);
    }
  });
});

describe('With CORS_ORIGINS', () => {
  const { ask, preflight, make } = corsStories(`${OURS},https://admin.example.com`);

  it.each([OURS, 'https://admin.example.com'])('pages of %s may read answers', async (origin) => {
    const answer = await ask(origin);
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
    });
    expect(String(answer.headers.vary)).toMatch(/\borigin\b/i);
    const allowed = await preflight(origin);
    expect(allowed.status).toBe(204);
    expect(allowed.headers).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-credentials': 'true',
      'access-control-allow-methods': expect.stringContaining('PATCH') as string,
    });
  });

  it.each(strangers)('N07 pages of %s may not', async (origin) => {
    for (const answer of [await ask(origin), await preflight(origin)]) {
      for (const name of CORS_HEADERS) expect(answer.headers).not.toHaveProperty(name);
      expect(String(answer.headers.vary)).toMatch(/\borigin\b/i);
    }
  });

  it('an OPTIONS that is no preflight is answered like any other request', async () => {
    const send = (headers: Record<string, string>) =>
      make().client.send({ method: 'OPTIONS', url: '/v1/users/me', headers });
    expectProblem(await send({}), 404, 'not_found');
    expectProblem(await send({ origin: 'https://evil.example' }), 404, 'not_found');
    expect((await send({ origin: OURS })).status).toBe(204);
  });

  it('N08 no answer says * where credentials count', async () => {
    for (const url of ['/v1/users/me', '/v1/auth/login', '/health/live', '/v1/nothing']) {
      const answer = await preflight(OURS, url);
      expect(answer.headers['access-control-allow-origin']).not.toBe('*');
    }
  });
});

/** Security catalogue 4.N01, N02, N04. */
describe.each([
  ['no proxy', '0'],
  ['one proxy', '1'],
])('Behind %s', (_, hops) => {
  let test: TestApp;
  let make: Make;
  beforeAll(async () => {
    test = await startTestApp({ environment: { TRUST_PROXY: hops } });
    make = new Make(test);
  });
  afterAll(() => test.close());

  /** Signs in with these headers; the address that the session remembers. */
  const addressWith = async (headers: Record<string, string>): Promise<string | null> => {
    const { user, email, password } = await make.user();
    const answer = await make.client.send({
      method: 'POST',
      url: '/v1/auth/login',
      remoteAddress: '192.0.2.9',
      headers: { 'content-type': 'application/json', ...headers },
      payload: JSON.stringify({ email, password }),
    });
    expect(answer.status).toBe(200);
    const [session] = await test.database.query<{ ip: string | null }[]>(
      'SELECT host(ip) AS ip FROM sessions WHERE user_id = $1',
      [user.id],
    );
    return session!.ip;
  };

  it.each([
    ['198.51.100.7', '198.51.100.7'],
    ['203.0.113.1, 198.51.100.7', '198.51.100.7'],
    ['127.0.0.1, 10.0.0.1,198.51.100.7', '198.51.100.7'],
    ['2001:db8::7', '2001:db8::7'],
  ])('X-Forwarded-For: %s counts for as many hops as there are', async (given, last) => {
    const seen = await addressWith({ 'x-forwarded-for': given });
    expect(seen).toBe(hops === '0' ? '192.0.2.9' : last);
  });

  it.each([
    ...['garbage', '', ',', ', ,', "'; DROP TABLE users; --", '198.51.100.7:8080', '[2001:db8::7]'],
    ...[
      '999.1.1.1',
      '127.1',
      '0x7f000001',
      '1'.repeat(8000),
      '<script>',
      '198.51.100.7/8',
      'fe80::1%eth0',
    ],
  ])('N02 X-Forwarded-For: %s harms nobody', async (given) => {
    const seen = await addressWith({ 'x-forwarded-for': given });
    expect(hops === '0' ? ['192.0.2.9'] : ['192.0.2.9', null, 'fe80::1']).toContain(seen);
  });

  it.each(['x-real-ip', 'forwarded', 'true-client-ip', 'cf-connecting-ip', 'x-client-ip'])(
    'N04 %s is nothing to go by',
    async (name) => {
      expect(await addressWith({ [name]: '203.0.113.1' })).toBe('192.0.2.9');
    },
  );

  it('N04 a header named in Connection is not lost', async () => {
    const { token } = await make.signedIn();
    const answer = await make.client.send({
      method: 'GET',
      url: '/v1/users/me',
      headers: { connection: 'Authorization, X-Forwarded-For', authorization: `Bearer ${token}` },
    });
    expect(answer.status).toBe(200);
  });

  it('a request id of the caller is believed only from a proxy, and only if it is one', async () => {
    const idFor = async (id: string) => {
      const headers = { 'x-request-id': id };
      const answer = await make.client.send({ method: 'GET', url: '/v1/nothing', headers });
      expect((answer.body as { requestId: string }).requestId).toBe(answer.headers['x-request-id']);
      return answer.headers['x-request-id'];
    };
    const given = 'trace-0123456789';
    if (hops === '0') expect(await idFor(given)).not.toBe(given);
    else expect(await idFor(given)).toBe(given);
    for (const bad of [
      'short',
      'a'.repeat(65),
      '{"level":50}',
      'with space 123',
      '<b>12345678</b>',
    ]) {
      expect(await idFor(bad)).not.toBe(bad);
    }
  });
});
