import { makeKey } from '../support/api-keys.js';
import { withAuthenticator } from '../support/authenticator.js';
import { Client } from '../support/client.js';
import { HostileProvider } from '../support/hostile-provider.js';
import { Make, type MadeUser } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { resetTokenFor } from '../support/reset-links.js';
import { SocialVisits } from '../support/social-visits.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const OWN = '/v1/users/me/social-accounts';
const OWNERS = 'a heron sleeps on the roof';

/** Sudhodanan and Paverd, "Pre-hijacked accounts", 2022. */
describe('Whoever registered an address before its owner', () => {
  let provider: HostileProvider;
  let test: TestApp;
  let visits: SocialVisits;
  let make: Make;

  beforeAll(async () => {
    provider = await HostileProvider.start('acme');
    const environment = { ...provider.environment, EMAIL_VERIFICATION: 'optional' };
    test = await startTestApp({ environment });
    visits = new SocialVisits(test, provider);
    make = new Make(test);
  });
  afterAll(async () => {
    await test.close();
    await provider.close();
  });

  const visit = async (sub: string) => {
    const { location, cookie } = await visits.begin();
    return visits.comeBack(provider.consent(location, sub), cookie);
  };

  /** Signed in with an address of somebody else's, and with an identity of her own linked to the account. */
  const trojan = async () => {
    const made = await make.signedIn({ emailVerifiedAt: null });
    const { sub } = visits.someone();
    const { body, headers } = await made.client.post<{ url: string }>(`${OWN}/acme/authorize`, {
      redirectTo: '/docs',
    });
    const [cookie = ''] = [headers['set-cookie']].flat();
    await visits.comeBack(provider.consent(body.url, sub), cookie.split(';')[0] ?? '');
    expect((await visits.whoIs((await visit(sub)).session)).id).toBe(made.user.id);
    return { ...made, sub };
  };

  const comesByProvider = async ({ email }: MadeUser) => {
    const { session } = await visit(visits.someone({ email }).sub);
    return { cookie: session ?? '' };
  };
  const resets = async ({ email }: MadeUser) => {
    expect((await make.client.reset(await resetTokenFor(test, email), OWNERS)).status).toBe(204);
    const { body } = await make.client.login(email, OWNERS);
    return { authorization: `Bearer ${body.accessToken}` };
  };
  const ways = [
    ['comes by a provider', comesByProvider],
    ['resets the password', resets],
  ] as const;

  describe.each(ways)('has nothing of it once she %s:', (_, arrives) => {
    it('no identity at a provider, which opens another account from then on', async () => {
      const stranger = await trojan();
      const headers = await arrives(stranger);
      const { body } = await make.client.send<{ items: { createdAt: string }[] }>({
        method: 'GET',
        url: OWN,
        headers,
      });
      expect(body.items).toHaveLength(arrives === comesByProvider ? 1 : 0);
      const { id } = await visits.whoIs((await visit(stranger.sub)).session);
      expect(id).toBeDefined();
      expect(id).not.toBe(stranger.user.id);
    });

    it('no session, password or key', async () => {
      const stranger = await trojan();
      const key = await makeKey(test, stranger.user.id);
      expect((await key.client.me()).status).toBe(200);
      await arrives(stranger);
      expectProblem(await stranger.client.me(), 401, 'invalid_token');
      expectProblem(await key.client.me(), 401, 'invalid_token');
      expect((await new Client(test).login(stranger.email, stranger.password)).status).toBe(401);
    });

    it('no second factor, which would keep the owner out', async () => {
      const stranger = await trojan();
      await withAuthenticator(test, stranger.user.id);
      const headers = await arrives(stranger);
      const { status, body } = await make.client.send({
        method: 'GET',
        url: '/v1/users/me/two-factor',
        headers,
      });
      expect({ status, body }).toMatchObject({ status: 200, body: { totp: null } });
    });
  });
});
