import { Client } from '../support/client.js';
import { HostileProvider, hs256, type Lies, rs256, rsaKey } from '../support/hostile-provider.js';
import { changingNoRow } from '../support/rows.js';
import { SocialVisits } from '../support/social-visits.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const PUBLIC_URL = 'http://localhost:3000';
const now = () => Math.floor(Date.now() / 1000);

describe('A provider that lies in its ID tokens', () => {
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

  const visit = async (sub: string) => {
    const { location, cookie } = await visits.begin();
    return visits.comeBack(provider.consent(location, sub), cookie);
  };

  it('is believed while it tells the truth', async () => {
    const { sub, email } = visits.someone();
    const { location, session } = await visit(sub);
    expect(location).toBe(`${PUBLIC_URL}/docs`);
    expect(await visits.whoIs(session)).toMatchObject({ email });
  });

  const unsigned = () => Buffer.alloc(0);
  const cases: readonly (readonly [string, () => Lies])[] = [
    ['that nobody signed (alg none)', () => ({ header: { alg: 'none' }, sign: unsigned })],
    ['of alg NONE', () => ({ header: { alg: 'NONE' }, sign: unsigned })],
    ['without a signature', () => ({ sign: unsigned })],
    ['with an HMAC by the client secret', () => ({ header: { alg: 'HS256' }, sign: hs256 })],
    ['by another key of the same name', () => ({ sign: rs256(rsaKey()) })],
    ['by a key that nobody knows', () => ({ header: { kid: 'two' }, sign: rs256(rsaKey()) })],
    ['for somebody else', () => ({ claims: { aud: 'another-client' } })],
    ['for nobody', () => ({ claims: { aud: undefined } })],
    ['for two, made for none', () => ({ claims: { aud: ['gatehouse', 'another'] } })],
    [
      'for two, made for the other',
      () => ({ claims: { aud: ['gatehouse', 'another'], azp: 'another' } }),
    ],
    ['made for somebody else', () => ({ claims: { azp: 'another' } })],
    ['of another issuer', () => ({ claims: { iss: 'https://accounts.google.com' } })],
    ['of its issuer with a slash more', () => ({ claims: { iss: `${provider.issuer}/` } })],
    ['that is over', () => ({ claims: { exp: now() - 60 } })],
    ['without an end', () => ({ claims: { exp: undefined } })],
    ['that is not made yet', () => ({ claims: { nbf: now() + 600 } })],
    ['of another nonce', () => ({ claims: { nonce: 'another' } })],
    ['without a nonce', () => ({ claims: { nonce: undefined } })],
    ['of another access token', () => ({ claims: { at_hash: 'LDktKdoQak3Pk0cnXxCltA' } })],
    ['with no hash in its at_hash', () => ({ claims: { at_hash: 7 } })],
    ['of nobody', () => ({ claims: { sub: '' } })],
    ['of a number', () => ({ claims: { sub: 7 } })],
  ];

  it.each(cases)('is refused with one %s, and leaves nothing', async (_, lies) => {
    const { sub } = visits.someone();
    const { location, cookie } = await visits.begin();
    const back = provider.consent(location, sub);
    provider.lies = lies();
    const landed = await visits.comeBack(back, cookie);
    expect(landed).toEqual({
      status: 302,
      location: `${PUBLIC_URL}/docs?error=provider_refused`,
      session: undefined,
    });
    expect(
      await test.database.query('SELECT 1 FROM social_accounts WHERE subject = $1', [sub]),
    ).toEqual([]);
  });

  it('is refused with the nonce of another way', async () => {
    const { sub } = visits.someone();
    const first = new URL((await visits.begin()).location).searchParams.get('nonce');
    const { location, cookie } = await visits.begin();
    provider.lies = { claims: { nonce: first } };
    const landed = await visits.comeBack(provider.consent(location, sub), cookie);
    expect(landed.location).toBe(`${PUBLIC_URL}/docs?error=provider_refused`);
  });

  describe('to an app, which hands them in itself:', () => {
    const handIn = (idToken: string, nonce: string) =>
      new Client(test).post<{ code: string; status: string }>('/v1/auth/social/acme/id-token', {
        idToken,
        nonce,
      });

    it('a true one signs in, once', async () => {
      const idToken = provider.idToken(provider.claims(visits.someone().sub, 'n'));
      expect((await handIn(idToken, 'n')).status).toBe(200);
      expect((await handIn(idToken, 'n')).body).toMatchObject({ code: 'provider_refused' });
    });

    it.each([
      ...cases.filter(([what]) => !what.includes('access token') && !what.includes('at_hash')),
      ['that is older than ten minutes', () => ({ claims: { iat: now() - 700 } })] as const,
    ])('one %s does not', async (_, lies) => {
      const claims = provider.claims(visits.someone().sub, 'n');
      provider.lies = lies();
      const idToken = provider.idToken(claims);
      const { status, body } = await changingNoRow(test, () => handIn(idToken, 'n'));
      expect({ status, code: body.code }).toEqual({ status: 400, code: 'provider_refused' });
    });

    it('endless unknown keys are looked for once', async () => {
      await handIn(provider.idToken(provider.claims(visits.someone().sub, 'n')), 'n');
      const before = provider.times('jwks');
      for (let i = 0; i < 30; i++) {
        provider.lies = { header: { kid: `key-${i}` } };
        const idToken = provider.idToken(provider.claims(visits.someone().sub, 'n'));
        expect((await handIn(idToken, 'n')).status).toBe(400);
      }
      expect(provider.times('jwks') - before).toBeLessThanOrEqual(1);
    });
  });

  it('endless unknown keys of visitors are looked for once', async () => {
    await visit(visits.someone().sub);
    const before = provider.times('jwks');
    for (let i = 0; i < 10; i++) {
      provider.lies = { header: { kid: `key-${i}` } };
      expect((await visit(visits.someone().sub)).session).toBeUndefined();
    }
    expect(provider.times('jwks') - before).toBeLessThanOrEqual(1);
  });

  describe('whose ID token tells no address', () => {
    it.each([
      ['of somebody else', { sub: 'somebody-else' }, 'provider_refused'],
      ['of nobody', { sub: undefined }, 'provider_refused'],
      ['that is not verified', { email_verified: false }, 'email_unverified'],
      ['of nothing', { email: undefined }, 'email_required'],
    ])('is not believed with a profile %s', async (_, lie, error) => {
      const { sub, email } = visits.someone();
      // The token calls verified what it does not tell.
      provider.people.set(sub, { email_verified: true });
      provider.lies = { userInfo: { sub, email, email_verified: true, ...lie } };
      expect((await visit(sub)).location).toMatch(`error=${error}`);
    });

    it('is with a profile of the same person', async () => {
      const { sub, email } = visits.someone();
      provider.people.set(sub, {});
      provider.lies = { userInfo: { sub, email, email_verified: true } };
      expect(await visits.whoIs((await visit(sub)).session)).toMatchObject({ email });
    });
  });
});
