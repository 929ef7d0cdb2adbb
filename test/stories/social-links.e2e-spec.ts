import { withAuthenticator } from '../support/authenticator.js';
import { Browser } from '../support/browser.js';
import { Client } from '../support/client.js';
import { GOOD_PASSWORD, Make } from '../support/make.js';
import { type OpenIdProvider, signInAt, startOpenIdProvider } from '../support/openid-provider.js';
import { expectProblem } from '../support/problems.js';
import { SocialVisits } from '../support/social-visits.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const PUBLIC_URL = 'http://localhost:3000';
const OWN = '/v1/users/me/social-accounts';

describe('Linking a provider to an account', () => {
  let provider: OpenIdProvider;
  let test: TestApp;
  let visits: SocialVisits;

  beforeAll(async () => {
    provider = await startOpenIdProvider('acme', PUBLIC_URL);
    test = await startTestApp({
      environment: { ...provider.environment, REAUTHENTICATION_WINDOW: '60' },
    });
    visits = new SocialVisits(test, provider);
  });
  afterAll(async () => {
    await test.close();
    await provider.close();
  });

  const beginLink = async (client: Client) => {
    const answer = await client.post<{ url: string; code: string }>(`${OWN}/acme/authorize`, {
      redirectTo: '/docs',
    });
    const [cookie = ''] = [answer.headers['set-cookie']].flat();
    return { ...answer, cookie: cookie.split(';')[0] ?? '' };
  };

  const link = async (client: Client, sub: string) => {
    const { body, cookie } = await beginLink(client);
    return visits.comeBack(await signInAt(body.url, sub), cookie);
  };

  const linked = async (client: Client) => {
    const { body } = await client.get<{ items: { id: string; provider: string }[] }>(OWN);
    return body.items;
  };

  it('opens it from then on, and is told by mail', async () => {
    const { client, email, user } = await new Make(test).signedIn();
    const { sub } = visits.someone();
    const landed = await link(client, sub);
    expect(landed.location).toBe(`${PUBLIC_URL}/docs?linked=true`);
    expect(await linked(client)).toMatchObject([{ provider: 'acme' }]);
    await test.outbox.about(email, 'A provider was linked to your account');
    expect((await visits.whoIs((await visits.visit(sub)).session)).id).toBe(user.id);
  });

  it('takes a fresh proof', async () => {
    const { client } = await new Make(test).signedIn();
    test.clock.forward(100);
    const { status, body } = await beginLink(client);
    expect({ status, code: body.code }).toEqual({ status: 403, code: 'reauthentication_required' });
  });

  it('takes the second factor of who has one, in place of the password', async () => {
    const { client, user, password } = await new Make(test).signedIn();
    const app = await withAuthenticator(test, user.id);
    const prove = (proof: object) => client.post('/v1/auth/reauthenticate', proof);
    expect((await prove({ password })).status).toBe(204);
    expectProblem(await beginLink(client), 403, 'reauthentication_required');
    expect((await prove({ code: app.code() })).status).toBe(204);
    expect((await beginLink(client)).status).toBe(200);
  });

  it('is refused where it is somebody else’s, who keeps it', async () => {
    const first = await new Make(test).signedIn();
    const { sub } = visits.someone();
    await link(first.client, sub);
    const second = await new Make(test).signedIn();
    const landed = await link(second.client, sub);
    expect(landed.location).toBe(`${PUBLIC_URL}/docs?error=already_linked`);
    expect((await visits.whoIs((await visits.visit(sub)).session)).id).toBe(first.user.id);
  });

  it('is void when her password changes on the way', async () => {
    const { client } = await new Make(test).signedIn();
    const { sub } = visits.someone();
    const { body, cookie } = await beginLink(client);
    const back = await signInAt(body.url, sub);
    await client.post('/v1/auth/password/change', {
      currentPassword: GOOD_PASSWORD,
      newPassword: 'another violet on the tram',
    });
    const { location } = await visits.comeBack(back, cookie);
    expect(location).toBe(`${PUBLIC_URL}/docs?error=social_flow_invalid`);
  });

  it.each([
    ['signs out everywhere', '/v1/auth/logout/all'],
    ['signs out', '/v1/auth/logout'],
  ])('is void when she %s on the way: whoever holds a stolen session stays out', async (_, url) => {
    const { client, email, password } = await new Make(test).signedIn();
    const { sub } = visits.someone();
    const { body, cookie } = await beginLink(client);
    const back = await signInAt(body.url, sub);
    expect((await client.post(url)).status).toBe(204);
    const { location } = await visits.comeBack(back, cookie);
    expect(location).toBe(`${PUBLIC_URL}/docs?error=social_flow_invalid`);
    const again = await new Client(test).login(email, password);
    expect(await linked(new Client(test).as(again.body.accessToken))).toEqual([]);
  });

  describe('is not begun', () => {
    const begin = {
      method: 'POST',
      url: `${OWN}/acme/authorize`,
      body: { redirectTo: '/docs' },
    } as const;

    it('by who is not signed in', async () => {
      expectProblem(await new Browser(test).send(begin), 401, 'not_authenticated');
    });

    it('by a page of somebody else’s, in the browser of who is', async () => {
      const { user, email, password } = await new Make(test).user();
      const browser = new Browser(test);
      await browser.signIn({ email, password });
      const headers = { origin: 'https://evil.example' };
      const forged = await browser.send({ ...begin, headers });
      expectProblem(forged, 403, 'csrf_failed');
      const rows = 'SELECT 1 FROM social_flows WHERE user_id = $1';
      expect(await test.database.query(rows, [user.id])).toEqual([]);
    });
  });

  describe('and unlinking it', () => {
    it('takes it away', async () => {
      const { client, email } = await new Make(test).signedIn();
      const { sub } = visits.someone();
      await link(client, sub);
      const [account] = await linked(client);
      const { status } = await client.send({ method: 'DELETE', url: `${OWN}/${account!.id}` });
      expect(status).toBe(204);
      expect(await linked(client)).toEqual([]);
      await test.outbox.about(email, 'A provider was unlinked from your account');
    });

    it('leaves the last way in', async () => {
      const { session } = await visits.visit(visits.someone().sub);
      const headers = { cookie: session ?? '' };
      const browser = new Client(test);
      const { body } = await browser.send<{ items: { id: string }[] }>({
        method: 'GET',
        url: OWN,
        headers,
      });
      const csrf = await browser.send<{ token: string }>({
        method: 'GET',
        url: '/v1/auth/csrf',
        headers,
      });
      const [cookie = ''] = [csrf.headers['set-cookie']].flat();
      const answer = await browser.send<{ code: string }>({
        method: 'DELETE',
        url: `${OWN}/${body.items[0]!.id}`,
        headers: {
          cookie: `${headers.cookie}; ${cookie.split(';')[0]!}`,
          'x-xsrf-token': csrf.body.token,
          origin: PUBLIC_URL,
        },
      });
      expect(answer.body).toMatchObject({ code: 'last_credential' });
    });

    it('is nobody else’s to do', async () => {
      const { client } = await new Make(test).signedIn();
      await link(client, visits.someone().sub);
      const [account] = await linked(client);
      const other = await new Make(test).signedIn();
      const url = `${OWN}/${account!.id}`;
      expect((await other.client.send({ method: 'DELETE', url })).status).toBe(404);
      expect(await linked(client)).toHaveLength(1);
    });
  });
});
