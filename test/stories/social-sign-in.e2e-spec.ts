import { createHash, randomBytes } from 'node:crypto';
import { Client } from '../support/client.js';
import { Make, someEmail } from '../support/make.js';
import { type OpenIdProvider, signInAt, startOpenIdProvider } from '../support/openid-provider.js';
import { SocialVisits } from '../support/social-visits.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const PUBLIC_URL = 'http://localhost:3000';

describe('Signing in with a provider', () => {
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

  it('a stranger gets an account, and comes back with a session', async () => {
    const { sub, email } = visits.someone();
    const landed = await visits.visit(sub);
    expect(landed).toMatchObject({ status: 302, location: `${PUBLIC_URL}/docs` });
    expect(await visits.whoIs(landed.session)).toMatchObject({
      email,
      emailVerified: true,
      firstName: 'Eve',
    });
  });

  it('she is the same the next time, whatever her address there is by then', async () => {
    const { sub } = visits.someone();
    const ids = [];
    for (const email of [someEmail('old'), someEmail('new')]) {
      provider.people.set(sub, { email, email_verified: true });
      const { session } = await visits.visit(sub);
      ids.push((await visits.whoIs(session)).id);
    }
    expect(ids[0]).toBeDefined();
    expect(ids[0]).toBe(ids[1]);
  });

  describe('a client that takes tokens', () => {
    const codeVerifier = randomBytes(32).toString('base64url');
    const codeChallenge = createHash('sha256').update(codeVerifier).digest('base64url');
    const code = async (sub: string) => {
      const { location } = await visits.visit(sub, { transport: 'token', codeChallenge });
      return new URL(location).searchParams.get('code')!;
    };
    const exchange = (given: object) =>
      new Client(test).post<{ user: { email: string }; code: string }>(
        '/v1/auth/social/exchange',
        given,
      );

    it('exchanges a code for a login result, once', async () => {
      const { sub, email } = visits.someone();
      const shown = { code: await code(sub), codeVerifier };
      expect((await exchange(shown)).body).toMatchObject({
        status: 'authenticated',
        user: { email },
      });
      expect((await exchange(shown)).body).toMatchObject({ code: 'invalid_credentials' });
    });

    it('of 50 at once one gets a session', async () => {
      const shown = { code: await code(visits.someone().sub), codeVerifier };
      const answers = await Promise.all(Array.from({ length: 50 }, () => exchange(shown)));
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    });

    it('that has another verifier gets nothing, and the code is over', async () => {
      const shown = { code: await code(visits.someone().sub), codeVerifier };
      expect((await exchange({ ...shown, codeVerifier: 'another' })).status).toBe(401);
      expect((await exchange(shown)).status).toBe(401);
    });

    it('comes too late after a minute', async () => {
      const shown = { code: await code(visits.someone().sub), codeVerifier };
      test.clock.forward(61);
      expect((await exchange(shown)).status).toBe(401);
    });
  });

  describe('an address that somebody has here', () => {
    it('and has proved: she signs in first, and links', async () => {
      const { email } = await new Make(test).user();
      const landed = await visits.visit(visits.someone({ email }).sub);
      expect(landed).toEqual({ status: 302, location: `${PUBLIC_URL}/docs?error=account_exists` });
    });

    it('and nobody has proved: it is hers, and what was attached is gone', async () => {
      const { email, password } = await new Make(test).user({ emailVerifiedAt: null });
      const landed = await visits.visit(visits.someone({ email }).sub);
      expect(await visits.whoIs(landed.session)).toMatchObject({ email });
      expect((await new Client(test).login(email, password)).status).toBe(401);
    });

    it('makes no account where the provider has not verified it', async () => {
      const { location } = await visits.visit(visits.someone({ email_verified: false }).sub);
      expect(location).toBe(`${PUBLIC_URL}/docs?error=email_unverified`);
    });
  });

  describe('what was not begun so', () => {
    it('ends nowhere in another browser', async () => {
      const { sub } = visits.someone();
      const { location } = await visits.begin();
      const back = await signInAt(location, sub);
      const { cookie } = await visits.begin();
      expect((await visits.comeBack(back, cookie)).status).toBe(400);
      expect((await visits.comeBack(back, '')).status).toBe(400);
    });

    it('ends once', async () => {
      const { location, cookie } = await visits.begin();
      const back = await signInAt(location, visits.someone().sub);
      expect((await visits.comeBack(back, cookie)).status).toBe(302);
      expect((await visits.comeBack(back, cookie)).status).toBe(400);
    });

    it('is over after ten minutes', async () => {
      const { location, cookie } = await visits.begin();
      const back = await signInAt(location, visits.someone().sub);
      test.clock.forward(601);
      expect((await visits.comeBack(back, cookie)).status).toBe(400);
    });
  });

  it.each(['//evil.example', 'https://evil.example/', 'javascript:alert(1)', '/\\evil.example'])(
    'sends nobody to %s',
    async (redirectTo) => {
      const url = `/v1/auth/social/acme/authorize?${new URLSearchParams({ redirectTo }).toString()}`;
      const { status, body } = await new Client(test).get<{ code: string }>(url);
      expect({ status, code: body.code }).toEqual({ status: 400, code: 'redirect_not_allowed' });
    },
  );
});
