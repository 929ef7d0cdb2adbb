import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import { Client } from '../support/client.js';
import { HostileProvider, json, type Page } from '../support/hostile-provider.js';
import { expectProblem } from '../support/problems.js';
import { changingNoRow } from '../support/rows.js';
import { SocialVisits } from '../support/social-visits.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const PUBLIC_URL = 'http://localhost:3000';

/** Milliseconds that a provider may hold an answer of ours. */
const WHOLE = 5000;

type Fault = (response: ServerResponse) => void;

const timed = async <T>(action: () => Promise<T>) => {
  const start = performance.now();
  return { result: await action(), took: performance.now() - start };
};

/** A bit each second, so that no single silence is long. */
const drip: Fault = (response) => {
  response.writeHead(200, { 'content-type': 'application/json' });
  const more = setInterval(() => response.write(' '), 500);
  response.on('close', () => {
    clearInterval(more);
  });
};

const FAULTS: readonly (readonly [string, Fault])[] = [
  ['never answers', () => undefined],
  ['answers drop by drop', drip],
  ['hangs up', (response) => response.destroy()],
  [
    'fails',
    (response) => {
      json(response, { error: 'server_error' }, 500);
    },
  ],
  [
    'shows a page',
    (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<p>'),
  ],
  [
    'answers with no JSON',
    (response) => response.setHeader('content-type', 'application/json').end('{'),
  ],
  [
    'answers with 10 MB',
    (response) => {
      json(response, { access_token: 'a'.repeat(10_000_000) });
    },
  ],
  [
    'answers with a bomb',
    (response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-encoding': 'gzip' });
      response.end(gzipSync(Buffer.alloc(50_000_000, ' ')));
    },
  ],
  ['sends elsewhere', (response) => response.writeHead(302, { location: '/userinfo' }).end()],
];

describe('A provider that', () => {
  let provider: HostileProvider;
  let test: TestApp;
  let visits: SocialVisits;

  beforeAll(async () => {
    provider = await HostileProvider.start('acme');
    test = await startTestApp({ environment: provider.environment });
    visits = new SocialVisits(test, provider);
  });
  afterEach(() => {
    provider.lies = {};
  });
  afterAll(async () => {
    await test.close();
    await provider.close();
  });

  /** First of all: what was discovered is kept. */
  describe.each(FAULTS)('%s when it is asked what it is,', (_, fault) => {
    it('sends nobody anywhere within five seconds, and leaves nothing', async () => {
      provider.lies = { pages: { discovery: fault } };
      const { result, took } = await changingNoRow(test, () => timed(() => visits.begin()));
      expect(result.status).toBe(502);
      expect(took).toBeLessThan(WHOLE);
      expect(provider.times('userinfo')).toBe(0);
    });
  });

  it.each([
    ['another issuer', () => ({ issuer: 'https://accounts.google.com' })],
    ['no issuer', () => ({ issuer: undefined })],
    ['no keys', () => ({ jwks_uri: undefined })],
    ['keys in a file', () => ({ jwks_uri: 7 })],
  ])('says of itself %s sends nobody anywhere', async (_, discovery) => {
    provider.lies = { discovery: discovery() };
    expect((await changingNoRow(test, () => visits.begin())).status).toBe(502);
  });

  it('never answers holds up nobody who waits behind another', async () => {
    provider.lies = { pages: { discovery: () => undefined } };
    const first = visits.begin();
    await new Promise((done) => setTimeout(done, 1000));
    const { result, took } = await timed(() => visits.begin());
    expect([(await first).status, result.status]).toEqual([502, 502]);
    expect(took).toBeLessThan(WHOLE);
  });

  it.each(FAULTS.slice(0, 2))('%s when an app needs its keys, holds no app', async (_, fault) => {
    const idToken = provider.idToken(provider.claims(visits.someone().sub, 'n'));
    provider.lies = { pages: { jwks: fault } };
    const url = '/v1/auth/social/acme/id-token';
    const { result, took } = await timed(() => new Client(test).post(url, { idToken, nonce: 'n' }));
    expectProblem(result, 502, 'provider_unavailable');
    expect(took).toBeLessThan(WHOLE);
  });

  it('is not there sends nobody anywhere', async () => {
    const gone = await HostileProvider.start('gone');
    await gone.close();
    await test.close();
    test = await startTestApp({ environment: { ...provider.environment, ...gone.environment } });
    visits = new SocialVisits(test, provider);
    const { result, took } = await timed(() => new SocialVisits(test, gone, 'gone').begin());
    expect(result.status).toBe(502);
    expect(took).toBeLessThan(WHOLE);
  });

  const faults = (page: Page) => FAULTS.map(([what, fault]) => [what, page, fault] as const);
  it.each([...faults('token'), ...faults('jwks').slice(0, 2), ...faults('userinfo').slice(0, 2)])(
    '%s (%s) signs nobody in within five seconds, and leaves nothing',
    async (_, page, fault) => {
      const { location, cookie } = await visits.begin();
      const { sub } = visits.someone();
      if (page === 'userinfo') provider.people.set(sub, {});
      const back = provider.consent(location, sub);
      provider.lies = { pages: { [page]: fault } };
      const { result, took } = await timed(() => visits.comeBack(back, cookie));
      expect(result).toEqual({
        status: 302,
        location: `${PUBLIC_URL}/docs?error=provider_unavailable`,
        session: undefined,
      });
      expect(took).toBeLessThan(WHOLE);
      const rows = 'SELECT 1 FROM social_accounts WHERE subject = $1';
      expect(await test.database.query(rows, [sub])).toEqual([]);
    },
  );
});
