import { HostileProvider } from '../support/hostile-provider.js';
import { Make } from '../support/make.js';
import { SocialVisits } from '../support/social-visits.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const PUBLIC_URL = 'http://localhost:3000';

describe('Ways to two providers, one of which is hostile,', () => {
  let good: HostileProvider;
  let evil: HostileProvider;
  let test: TestApp;
  let visits: SocialVisits;
  let evilVisits: SocialVisits;

  beforeAll(async () => {
    good = await HostileProvider.start('acme');
    evil = await HostileProvider.start('evil');
    evil.lies = { discovery: { authorization_response_iss_parameter_supported: undefined } };
    const environment = { ...good.environment, ...evil.environment };
    test = await startTestApp({ environment });
    visits = new SocialVisits(test, good);
    evilVisits = new SocialVisits(test, evil, 'evil');
  });
  afterAll(async () => {
    await test.close();
    await good.close();
    await evil.close();
  });

  it('lead to two people of the same name at two providers', async () => {
    const { sub } = visits.someone();
    evil.people.set(sub, { email: `${sub}@evil.example`, email_verified: true });
    const ids = [];
    for (const [each, provider] of [
      [visits, good],
      [evilVisits, evil],
    ] as const) {
      const { location, cookie } = await each.begin();
      const { session } = await each.comeBack(provider.consent(location, sub), cookie);
      ids.push((await each.whoIs(session)).id);
    }
    expect(new Set(ids.filter(Boolean)).size).toBe(2);
  });

  it('never lead to somebody by her address alone', async () => {
    const { email } = await new Make(test).user();
    evil.people.set('mallory', { email, email_verified: true });
    const { location, cookie } = await evilVisits.begin();
    const landed = await evilVisits.comeBack(evil.consent(location, 'mallory'), cookie);
    expect(landed).toMatchObject({ location: `${PUBLIC_URL}/docs?error=account_exists` });
    expect(landed.session).toBeUndefined();
  });

  it('sign nobody in whose account is closed', async () => {
    const { sub, email } = visits.someone();
    const visit = async () => {
      const { location, cookie } = await visits.begin();
      return visits.comeBack(good.consent(location, sub), cookie);
    };
    expect((await visit()).session).toBeDefined();
    await test.database.query('UPDATE users SET is_active = false WHERE email = $1', [email]);
    const { location, session } = await visit();
    expect(new URL(location).searchParams.get('error')).toBe('invalid_credentials');
    expect(session).toBeUndefined();
  });

  it('lead to nothing of a deleted account: she begins anew', async () => {
    const { sub, email } = visits.someone();
    const visit = async () => {
      const { location, cookie } = await visits.begin();
      return visits.comeBack(good.consent(location, sub), cookie);
    };
    const before = await visits.whoIs((await visit()).session);
    await test.database.query('DELETE FROM users WHERE id = $1', [before.id]);
    const after = await visits.whoIs((await visit()).session);
    expect(after.email).toBe(email);
    expect(after.id).not.toBe(before.id);
  });
});
