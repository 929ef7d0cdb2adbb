import { Client } from '../support/client.js';
import { HostileProvider } from '../support/hostile-provider.js';
import { SocialVisits } from '../support/social-visits.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const PUBLIC_URL = 'http://localhost:3000';
const REFUSED = `${PUBLIC_URL}/docs?error=provider_refused`;

describe('Ways', () => {
  let good: HostileProvider;
  let test: TestApp;
  let visits: SocialVisits;

  beforeAll(async () => {
    good = await HostileProvider.start('acme');
    test = await startTestApp({ environment: good.environment });
    visits = new SocialVisits(test, good);
  });
  afterAll(async () => {
    await test.close();
    await good.close();
  });

  const begun = async () => {
    const { location, cookie } = await visits.begin();
    return { back: good.consent(location, visits.someone().sub), cookie };
  };

  describe('that come back with a form', () => {
    const post = (back: URL, headers = {}) =>
      new Client(test).send({
        method: 'POST',
        url: back.pathname,
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          origin: good.issuer,
          ...headers,
        },
        payload: back.search.slice(1),
      });

    it('are sent on to where the cookie comes along, and end there', async () => {
      const { back, cookie } = await begun();
      const { status, headers } = await post(back);
      expect(status).toBe(303);
      const on = new URL(String(headers.location));
      expect(on.origin + on.pathname).toBe(`${PUBLIC_URL}/v1/auth/social/acme/callback`);
      expect((await visits.comeBack(on, '')).status).toBe(400);
      expect((await visits.comeBack(on, cookie)).session).toBeDefined();
    });

    it('bring nothing else along, and lead nowhere else', async () => {
      const { back } = await begun();
      back.searchParams.set('redirectTo', 'https://evil.example');
      back.searchParams.set('id_token', 'a.b.c');
      const { headers } = await post(back);
      const on = new URL(String(headers.location));
      expect([...on.searchParams.keys()].sort()).toEqual(['code', 'iss', 'state']);
      expect(on.origin).toBe(PUBLIC_URL);
    });

    it('are refused with two of one kind, as without a form', async () => {
      const { back, cookie } = await begun();
      back.searchParams.append('iss', good.issuer);
      const { headers } = await post(back);
      const landed = await visits.comeBack(new URL(String(headers.location)), cookie);
      expect(landed.location).toBe(REFUSED);
    });
  });
});
