import { Client } from '../support/client.js';
import { type OpenIdProvider, signInAt, startOpenIdProvider } from '../support/openid-provider.js';
import { expectProblem } from '../support/problems.js';
import { SocialVisits } from '../support/social-visits.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const PUBLIC_URL = 'http://localhost:3000';
const CALLBACK = '/v1/auth/social/acme/callback';

describe('A provider that lets the browser bring a form', () => {
  let provider: OpenIdProvider;
  let test: TestApp;
  let visits: SocialVisits;

  beforeAll(async () => {
    provider = await startOpenIdProvider('acme', PUBLIC_URL);
    test = await startTestApp({ environment: provider.environment });
    visits = new SocialVisits(test, provider);
  });
  afterAll(async () => {
    await test.close();
    await provider.close();
  });

  /** As a browser does from elsewhere: without our cookies. */
  const bring = (payload: string, url = CALLBACK) =>
    new Client(test).send({
      method: 'POST',
      url,
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        origin: 'https://appleid.apple.com',
      },
      payload,
    });

  it('has it sent on to the same address, where its cookie comes along', async () => {
    const { sub, email } = visits.someone();
    const { location, cookie } = await visits.begin();
    const back = await signInAt(location, sub);
    const { status, headers } = await bring(back.search.slice(1));
    expect(status).toBe(303);
    const landed = await visits.comeBack(new URL(String(headers.location)), cookie);
    expect(await visits.whoIs(landed.session)).toMatchObject({ email });
  });

  it('has nothing sent on but what a provider says', async () => {
    const { headers } = await bring('state=a%26b&code=c&user=%7B%7D&redirectTo=%2F%2Fevil.example');
    expect(headers.location).toBe(`${PUBLIC_URL}${CALLBACK}?state=a%26b&code=c`);
  });

  it('brings no form anywhere else', async () => {
    expectProblem(await bring('code=c', '/v1/auth/social/exchange'), 415, 'unsupported_media_type');
    expectProblem(
      await bring('email=a&password=b', '/v1/auth/login'),
      415,
      'unsupported_media_type',
    );
  });

  it('brings none that is far too long', async () => {
    expect((await bring(`code=${'x'.repeat(20_000)}`)).status).toBe(413);
  });
});
