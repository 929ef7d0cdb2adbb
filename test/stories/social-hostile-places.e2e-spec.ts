import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { HostileProvider } from '../support/hostile-provider.js';
import { SocialVisits } from '../support/social-visits.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const UNAVAILABLE = 'http://localhost:3000/docs?error=provider_unavailable';

/** OWASP API7. The operator named the provider, and trusts no address that it names in turn. */
describe('A provider that says it is served from where no provider can be', () => {
  let provider: HostileProvider;
  let within: Server;
  let visitors = 0;
  let test: TestApp;
  let visits: SocialVisits;
  let place: string;

  beforeAll(async () => {
    provider = await HostileProvider.start('acme');
    within = createServer((socket) => {
      visitors++;
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}');
    }).listen(0, '0.0.0.0');
    await once(within, 'listening');
    // This machine by a name that is as little a provider's as that of a cloud's metadata.
    place = `http://0.0.0.0:${String((within.address() as AddressInfo).port)}/latest/meta-data`;
  });
  beforeEach(() => {
    visitors = 0;
  });
  afterEach(() => test.close());
  afterAll(async () => {
    within.close();
    await provider.close();
  });

  /** Anew, for what a provider says of itself is kept. */
  const visit = async (discovery: object) => {
    provider.lies = { discovery: { ...discovery } };
    test = await startTestApp({ environment: provider.environment });
    visits = new SocialVisits(test, provider);
    const { location, cookie } = await visits.begin();
    const { sub } = visits.someone();
    provider.people.set(sub, {}); // so that the profile is asked for
    return visits.comeBack(provider.consent(location, sub), cookie);
  };

  it.each(['token_endpoint', 'jwks_uri', 'userinfo_endpoint'])(
    'is not asked there for its %s',
    async (page) => {
      expect((await visit({ [page]: place })).location).toBe(UNAVAILABLE);
      expect(visitors).toBe(0);
    },
  );

  it('is not followed there', async () => {
    test = await startTestApp({ environment: provider.environment });
    visits = new SocialVisits(test, provider);
    provider.lies = {};
    const { location, cookie } = await visits.begin();
    const back = provider.consent(location, visits.someone().sub);
    const to = place.replace('0.0.0.0', '127.0.0.1');
    provider.lies = {
      pages: { token: (response) => response.writeHead(302, { location: to }).end() },
    };
    expect((await visits.comeBack(back, cookie)).location).toBe(UNAVAILABLE);
    expect(visitors).toBe(0);
  });
});
