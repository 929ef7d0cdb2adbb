import { HostileProvider } from '../support/hostile-provider.js';
import { changingNoRow } from '../support/rows.js';
import { SocialVisits } from '../support/social-visits.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const PUBLIC_URL = 'http://localhost:3000';
const REFUSED = { location: `${PUBLIC_URL}/docs?error=provider_refused`, session: undefined };

describe('A code of a provider', () => {
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

  const nonceOf = (location: string) => new URL(location).searchParams.get('nonce');
  /** The way of a victim, to be ended with the code of an attacker, who went only half of her own. */
  const injected = async () => {
    const attackers = await visits.begin();
    const { sub } = visits.someone();
    const code = provider.consent(attackers.location, sub).searchParams.get('code')!;
    const { location, cookie } = await visits.begin();
    return { back: provider.consent(location, sub, { code }), cookie, nonce: nonceOf(location) };
  };

  it('brought from another way is refused by its nonce, where the provider knows no PKCE', async () => {
    const { back, cookie } = await injected();
    provider.lies = { anyVerifier: true };
    expect(await visits.comeBack(back, cookie)).toMatchObject(REFUSED);
  });

  it('brought from another way is refused by PKCE, where the nonce is that of this one', async () => {
    const { back, cookie, nonce } = await injected();
    provider.lies = { claims: { nonce } };
    expect(await visits.comeBack(back, cookie)).toMatchObject(REFUSED);
  });

  it('that was used is refused in the next way of its own browser, too', async () => {
    const { location, cookie } = await visits.begin();
    const used = provider.consent(location, visits.someone().sub);
    expect((await visits.comeBack(used, cookie)).session).toBeDefined();
    provider.lies = { anyVerifier: true };
    const next = await visits.begin({}, cookie);
    used.searchParams.set('state', new URL(next.location).searchParams.get('state')!);
    expect(await visits.comeBack(used, next.cookie)).toMatchObject(REFUSED);
  });

  it('is asked for: tokens that stand in the address instead are nothing', async () => {
    const { location, cookie } = await visits.begin();
    const { sub } = visits.someone();
    const back = provider.consent(location, sub);
    back.searchParams.delete('code');
    back.searchParams.set('access_token', 'of another app');
    back.searchParams.set(
      'id_token',
      provider.idToken(provider.claims(sub, nonceOf(location) ?? '')),
    );
    const before = provider.asked.length;
    expect(await visits.comeBack(back, cookie)).toMatchObject(REFUSED);
    expect(provider.asked).toHaveLength(before);
  });

  it('is not redeemed after ten minutes', async () => {
    const { location, cookie } = await visits.begin();
    const back = provider.consent(location, visits.someone().sub);
    test.clock.forward(601);
    const before = provider.times('token');
    expect((await changingNoRow(test, () => visits.comeBack(back, cookie))).status).toBe(400);
    expect(provider.times('token')).toBe(before);
  });
});
