import { Client } from '../support/client.js';
import { Make } from '../support/make.js';
import { type OpenIdProvider, startOpenIdProvider } from '../support/openid-provider.js';
import { SocialVisits } from '../support/social-visits.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const PUBLIC_URL = 'http://localhost:3000';

describe('What the settings say of providers:', () => {
  let provider: OpenIdProvider;
  let test: TestApp | undefined;

  beforeAll(async () => {
    provider = await startOpenIdProvider('acme', PUBLIC_URL);
  });
  afterEach(() => test?.close());
  afterAll(() => provider.close());

  const start = async (environment: Readonly<Record<string, string>>) => {
    test = await startTestApp({ environment: { ...provider.environment, ...environment } });
    return { test, visits: new SocialVisits(test, provider) };
  };

  it('SOCIAL_SIGNUP=off makes no accounts', async () => {
    const { visits } = await start({ SOCIAL_SIGNUP: 'off' });
    const { location, session } = await visits.visit(visits.someone().sub);
    expect(location).toBe(`${PUBLIC_URL}/docs?error=signup_closed`);
    expect(session).toBeUndefined();
  });

  it('SOCIAL_EMAIL_MATCH=link links where both sides have verified the address', async () => {
    const { test, visits } = await start({ SOCIAL_EMAIL_MATCH: 'link' });
    const { user, email } = await new Make(test).user();
    const { sub } = visits.someone({ email });
    expect((await visits.whoIs((await visits.visit(sub)).session)).id).toBe(user.id);
    await test.outbox.about(email, 'A provider was linked to your account');
  });

  it('SOCIAL_EMAIL_MATCH=link links nothing by an address that the provider has not verified', async () => {
    const { test, visits } = await start({ SOCIAL_EMAIL_MATCH: 'link' });
    const { email } = await new Make(test).user();
    const { location } = await visits.visit(visits.someone({ email, email_verified: false }).sub);
    expect(location).toBe(`${PUBLIC_URL}/docs?error=email_unverified`);
  });

  it('SOCIAL_ACME_VERIFIED_DOMAINS vouches for the addresses that the provider hands out', async () => {
    const { visits } = await start({ SOCIAL_ACME_VERIFIED_DOMAINS: 'example.com' });
    const { sub, email } = visits.someone({ email_verified: false });
    expect(await visits.whoIs((await visits.visit(sub)).session)).toMatchObject({ email });
  });

  it('PASSWORD_LOGIN=off takes no passwords, of nobody and for nothing', async () => {
    const { test, visits } = await start({ PASSWORD_LOGIN: 'off' });
    const { email, password } = await new Make(test).user();
    const client = new Client(test);
    const answers = await Promise.all([
      client.login(email, password),
      client.register('new@example.com', password),
      client.forgot(email),
      client.checkReset('x'),
      client.reset('x', password),
    ]);
    for (const { status, body } of answers) {
      expect({ status, code: body.code }).toEqual({ status: 403, code: 'password_login_off' });
    }
    expect((await visits.visit(visits.someone().sub)).session).toBeDefined();
  });

  it('a provider that is not there is absent', async () => {
    const { test } = await start({});
    const answer = await new Client(test).get('/v1/auth/social/other/authorize?redirectTo=/docs');
    expect(answer.status).toBe(404);
    const { body } = await new Client(test).get('/v1/auth/social/providers');
    expect(body).toEqual({ items: [{ id: 'acme', name: 'acme' }] });
  });
});
