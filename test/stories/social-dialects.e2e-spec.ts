import { type OpenIdProvider, startOpenIdProvider } from '../support/openid-provider.js';
import { SocialVisits } from '../support/social-visits.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const PUBLIC_URL = 'http://localhost:3000';
const CLIENT = { client_id: 'gatehouse', client_secret: 'a secret of two who know each other' };

describe('A provider that takes a secret in the body alone and has no names', () => {
  let provider: OpenIdProvider;
  let test: TestApp;
  let visits: SocialVisits;

  beforeAll(async () => {
    provider = await startOpenIdProvider('acme', PUBLIC_URL, {
      clients: [
        {
          ...CLIENT,
          token_endpoint_auth_method: 'client_secret_post',
          redirect_uris: [`${PUBLIC_URL}/v1/auth/social/acme/callback`],
          application_type: 'native',
        },
      ],
      clientAuthMethods: ['client_secret_post'],
      claims: { email: ['email', 'email_verified'] },
    });
    test = await startTestApp({ environment: provider.environment });
    visits = new SocialVisits(test, provider);
  });
  afterAll(async () => {
    await test.close();
    await provider.close();
  });

  it('signs people in', async () => {
    const { sub, email } = visits.someone();
    expect(await visits.whoIs((await visits.visit(sub)).session)).toMatchObject({ email });
  });

  it('is not asked for them', async () => {
    const { location } = await visits.begin();
    expect(new URL(location).searchParams.get('scope')).toBe('openid email');
  });
});
