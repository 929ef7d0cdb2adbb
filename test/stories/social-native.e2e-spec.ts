import { createHash, randomBytes } from 'node:crypto';
import { withAuthenticator } from '../support/authenticator.js';
import { Client } from '../support/client.js';
import { type Claims, IdTokenIssuer } from '../support/id-tokens.js';
import { Make } from '../support/make.js';
import { NativeApp } from '../support/native-app.js';
import { claimsOf } from '../support/passkeys.js';
import { complaintsOf, expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const now = () => Math.floor(Date.now() / 1000);

describe('An app that has an ID token from a provider', () => {
  let provider: IdTokenIssuer;
  let test: TestApp;
  let app: NativeApp;

  beforeAll(async () => {
    provider = await IdTokenIssuer.start();
    const environment = {
      ...provider.environment('ACME'),
      SOCIAL_ACME_NATIVE_CLIENT_IDS: 'gatehouse-ios, gatehouse-android',
    };
    test = await startTestApp({ environment });
    app = new NativeApp(test, provider);
  });
  afterAll(async () => {
    await test.close();
    await provider.close();
  });

  it('signs up with it, and is the same the next time', async () => {
    const who = app.someone();
    const [first, second] = [await app.signIn(who), await app.signIn(who)];
    expect(first).toMatchObject({ status: 200, body: { status: 'authenticated' } });
    expect(first.body.user).toMatchObject({ email: who.email, emailVerified: true });
    expect(second.body.user.id).toBe(first.body.user.id);
    expect(claimsOf(first.body.accessToken)).toMatchObject({ amr: ['fed'] });
    expect((await new Client(test).as(second.body.accessToken).me()).status).toBe(200);
  });

  it('is refused with another nonce, and the token is still good with its own', async () => {
    const { idToken, nonce } = await app.token();
    expectProblem(await app.show({ idToken, nonce: `${nonce}x` }), 400, 'provider_refused');
    expect((await app.show({ idToken, nonce })).status).toBe(200);
  });

  describe('that was shown before', () => {
    it('is refused', async () => {
      const shown = await app.token();
      expect((await app.show(shown)).status).toBe(200);
      expectProblem(await app.show(shown), 400, 'provider_refused');
    });

    it('is refused also when it is spelled in another way that proves the same', async () => {
      const { idToken, nonce } = await app.token();
      expect((await app.show({ idToken, nonce })).status).toBe(200);
      for (const spelling of otherSpellings(idToken)) {
        expect(spelling).not.toBe(idToken);
        expectProblem(await app.show({ idToken: spelling, nonce }), 400, 'provider_refused');
      }
    });

    it('opens one session, though 50 show it at once', async () => {
      const shown = await app.token();
      const answers = await Promise.all(Array.from({ length: 50 }, () => app.show(shown)));
      const opened = answers.filter(({ status }) => status === 200);
      expect(opened).toHaveLength(1);
      for (const answer of answers) {
        if (answer.status !== 200) expectProblem(answer, 400, 'provider_refused');
      }
      const client = new Client(test).as(opened[0]!.body.accessToken);
      const { body } = await client.get<{ items: unknown[] }>('/v1/users/me/sessions');
      expect(body.items).toHaveLength(1);
    });
  });

  it('of whom 50 come at once for the first time gets one account', async () => {
    const who = app.someone();
    const tokens = await Promise.all(Array.from({ length: 50 }, () => app.token(who)));
    const answers = await Promise.all(tokens.map((shown) => app.show(shown)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(answers.map(({ body }) => body.user.id)).size).toBe(1);
  });

  const refused: readonly [string, () => Claims][] = [
    ['expired', () => ({ exp: now() - 31 })],
    ['is older than ten minutes, however long it lasts', () => ({ iat: now() - 640 })],
    ['was made in the future', () => ({ iat: now() + 120 })],
    ['does not say when it was made', () => ({ iat: undefined })],
    ['never ends', () => ({ exp: undefined })],
    ['is not yet good', () => ({ nbf: now() + 120 })],
    ['was made for somebody else', () => ({ aud: 'another' })],
    ['was made for nobody', () => ({ aud: undefined })],
    ['says that somebody else made it', () => ({ iss: 'https://accounts.google.com' })],
    ['has no nonce', () => ({ nonce: undefined })],
    ['has a nonce that is no text', () => ({ nonce: ['x'] })],
    ['speaks of nobody', () => ({ sub: undefined })],
    ['speaks of a subject without a name', () => ({ sub: '' })],
    ['speaks of a subject of 256 characters', () => ({ sub: 'x'.repeat(256) })],
    ['has two audiences and no azp', () => ({ aud: ['gatehouse', 'another'] })],
    [
      'has two audiences and was made for the other',
      () => ({ aud: ['gatehouse', 'another'], azp: 'another' }),
    ],
    ['was made for us at the order of another', () => ({ azp: 'another' })],
  ];
  it.each(refused)('that %s is refused', async (_, claims) => {
    expectProblem(await app.signIn({ ...app.someone(), ...claims() }), 400, 'provider_refused');
  });

  it.each([
    { aud: 'gatehouse-ios' },
    { aud: ['gatehouse-android'] },
    { aud: ['gatehouse', 'another'], azp: 'gatehouse' },
    { aud: ['gatehouse', 'gatehouse-ios'], azp: 'gatehouse-ios' },
  ])('may have it for %j', async (claims) => {
    expect((await app.signIn({ ...app.someone(), ...claims })).status).toBe(200);
  });

  describe('whose second factor is due', () => {
    it('gives it before there is a session', async () => {
      const who = app.someone();
      const { body: first } = await app.signIn(who);
      const phone = await withAuthenticator(test, first.user.id);
      const { status, body } = await app.signIn(who);
      expect({ status, told: body.status }).toEqual({ status: 200, told: 'two_factor_required' });
      expect(body.accessToken).toBeUndefined();
      const { body: done } = await new Client(test).post<{ accessToken: string }>(
        '/v1/auth/login/two-factor',
        { challengeToken: body.challengeToken, method: 'totp', code: phone.code() },
      );
      expect(claimsOf(done.accessToken)).toMatchObject({ amr: ['fed', 'otp', 'mfa'] });
    });
  });

  describe('whose account does not come so', () => {
    it('where the provider tells no address', async () => {
      const answer = await app.signIn({ sub: randomBytes(8).toString('hex') });
      expectProblem(answer, 403, 'email_required');
    });

    it('where the provider has not verified it', async () => {
      const answer = await app.signIn({ ...app.someone(), email_verified: false });
      expectProblem(answer, 403, 'email_unverified');
    });

    it('where somebody has it here, and has proved it', async () => {
      const { email } = await new Make(test).user();
      expectProblem(await app.signIn({ ...app.someone(), email }), 409, 'account_exists');
    });

    it('where it is closed', async () => {
      const who = app.someone();
      const { body } = await app.signIn(who);
      await test.database.query('UPDATE users SET is_active = false WHERE id = $1', [body.user.id]);
      const answer = await app.signIn(who);
      expect(answer.status).toBe(401);
      expect(answer.body.accessToken).toBeUndefined();
    });
  });

  it.each([
    [{}, ['idToken required', 'nonce required']],
    [{ idToken: 1, nonce: {} }, ['idToken invalid_type', 'nonce invalid_type']],
    [{ idToken: null, nonce: ['x'] }, ['idToken invalid_type', 'nonce invalid_type']],
    [{ idToken: 'x'.repeat(8193), nonce: 'y'.repeat(256) }, ['idToken too_long', 'nonce too_long']],
    [{ idToken: 'x', nonce: 'x', accessToken: 'x' }, ['accessToken unknown_field']],
  ])('that sends %j is told what is wrong', async (body, complaints) => {
    const answer = await app.show(body);
    expectProblem(answer, 400, 'validation_failed');
    expect(complaintsOf(answer)).toEqual(complaints);
  });

  it.each(['x', 'a.b.c', '....', 'eyJhbGciOiJub25lIn0.e30.', '💥'])(
    'that shows %j instead of a token is refused',
    async (idToken) => {
      expectProblem(await app.show({ idToken, nonce: 'x' }), 400, 'provider_refused');
    },
  );

  it('finds no provider that is not there', async () => {
    const answer = await new NativeApp(test, provider, 'other').signIn();
    expectProblem(answer, 404, 'not_found');
  });

  it('leaves nothing of the token in the table of those that were shown', async () => {
    const { idToken, nonce } = await app.token();
    await app.show({ idToken, nonce });
    const rows = await test.database.query<{ hash: Buffer }[]>(
      'SELECT hash FROM social_used_id_tokens',
    );
    const hashes = rows.map(({ hash }) => hash.toString('hex'));
    const signed = idToken.slice(0, idToken.lastIndexOf('.'));
    expect(hashes).toContain(createHash('sha256').update(signed).digest('hex'));
    expect(test.logged.join('\n')).not.toContain(signed);
  });
});

/** The last character of a signature of 256 bytes has four bits that mean nothing. */
function otherSpellings(idToken: string): string[] {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  const at = alphabet.indexOf(idToken.at(-1) ?? '');
  return [at ^ 1, at ^ 15].map((other) => idToken.slice(0, -1) + (alphabet[other] ?? ''));
}
