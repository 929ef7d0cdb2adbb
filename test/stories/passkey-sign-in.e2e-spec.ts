import type { PasskeyRequestDto } from '../../src/two-factor/passkeys/passkey.dto.js';
import { type PasskeyOwner, claimsOf, PasskeyPage, PASSKEYS } from '../support/passkeys.js';
import { expectProblem } from '../support/problems.js';
import { SoftwareAuthenticator } from '../support/software-authenticator.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

describe('Signing in with a passkey', () => {
  let test: TestApp;
  let page: PasskeyPage;

  beforeAll(async () => {
    test = await startTestApp({ environment: { REAUTHENTICATION_WINDOW: '60' } });
    page = new PasskeyPage(test);
  });
  afterAll(() => test.close());

  describe('alone', () => {
    it('is asked for in the same words of everybody, and names nobody', async () => {
      const { challenge, ...options } = await page.request();
      expect(options).toEqual({
        rpId: 'localhost',
        timeout: 300_000,
        userVerification: 'required',
      });
      expect(Buffer.from(challenge, 'base64url')).toHaveLength(32);
      expect((await page.request()).challenge).not.toBe(challenge);
    });

    it('opens a session of level two, and asks for nothing else', async () => {
      const ann = await page.owner();
      const { status, body } = await page.signInWith(ann.authenticator);
      expect([status, body.status]).toEqual([200, 'authenticated']);
      const claims = claimsOf(body.accessToken);
      expect(claims).toMatchObject({ amr: ['hwk', 'user', 'mfa'], acr: 'aal2' });
      const me = await page.make.client.as(body.accessToken).get<{ id: string }>('/v1/users/me');
      expect(me.body.id).toBe(ann.user.id);
    });

    it('says of a passkey that is synced that it is', async () => {
      const ann = await page.owner({ backupEligible: true });
      const { body } = await page.signInWith(ann.authenticator, { backedUp: true });
      expect(claimsOf(body.accessToken)['amr']).toEqual(['swk', 'user', 'mfa']);
      const { body: list } = await ann.client.get<{ items: unknown[] }>(PASSKEYS);
      expect(list.items).toMatchObject([
        { backedUp: true, lastUsedAt: expect.any(String) as string },
      ]);
    });

    it('can be carried by a cookie, to a page of ours only', async () => {
      const ann = await page.owner();
      const forged = await page.signIn(ann.authenticator.get(await page.request()), {
        transport: 'cookie',
      });
      expectProblem(forged, 403, 'csrf_failed');
    });
  });

  describe('as second factor', () => {
    const begin = (ann: PasskeyOwner) => page.begin(ann);

    it('is due after the password, and names the passkeys of the account', async () => {
      const ann = await page.owner();
      const { email, password } = ann;
      const { body } = await page.make.client.post('/v1/auth/login', { email, password });
      expect(body).toMatchObject({
        status: 'two_factor_required',
        methods: ['passkey', 'recovery_code'],
      });
      const options = await page.factorRequest(await begin(ann));
      expect(options).toMatchObject({
        allowCredentials: [
          {
            id: ann.authenticator.credential.id.toString('base64url'),
            type: 'public-key',
            transports: ['hybrid', 'internal'],
          },
        ],
        userVerification: 'preferred',
      });
    });

    it('completes the sign-in, with a touch alone as well', async () => {
      const ann = await page.owner();
      const verified = await page.completeWith(await begin(ann), ann.authenticator);
      expect(claimsOf(verified.body.accessToken)).toMatchObject({
        amr: ['pwd', 'hwk', 'user', 'mfa'],
        acr: 'aal2',
      });
      const touched = await page.completeWith(await begin(ann), ann.authenticator, {
        verified: false,
        userHandle: null,
      });
      expect(claimsOf(touched.body.accessToken)['amr']).toEqual(['pwd', 'hwk', 'mfa']);
    });

    it('is bound to its sign-in: no other one, no session, and no other account takes it', async () => {
      const [ann, bob] = [await page.owner(), await page.owner()];
      const [first, second] = [await begin(ann), await begin(ann)];
      const foreign = ann.authenticator.get(await page.factorRequest(first));
      expectProblem(await page.complete(second, foreign), 401, 'invalid_code');
      const ofBob = bob.authenticator.get(await page.factorRequest(first));
      expectProblem(await page.complete(first, ofBob), 401, 'invalid_code');
      const alone = ann.authenticator.get(await page.factorRequest(first));
      expectProblem(await page.signIn(alone), 401, 'invalid_credentials');
      const forSignIn = ann.authenticator.get(await page.request());
      expectProblem(await page.complete(first, forSignIn), 401, 'invalid_code');
      expect((await page.completeWith(second, ann.authenticator)).status).toBe(200);
    });

    it('has no options for a sign-in that is over, or an account without a passkey', async () => {
      const { client } = page.make;
      const over = await client.post('/v1/auth/login/two-factor/passkey-options', {
        challengeToken: 'ghl_nonsense',
      });
      expectProblem(over, 401, 'challenge_expired');
    });
  });

  describe('within a session', () => {
    it('proves again who it is, in that session alone', async () => {
      const ann = await page.owner();
      const { body } = await page.signInWith(ann.authenticator);
      const other = page.make.client.as(body.accessToken);
      const ask = async () => {
        const { body: options } = await ann.client.post<never>(
          '/v1/auth/reauthenticate/passkey-options',
        );
        return ann.authenticator.get(options);
      };
      const elsewhere = await other.post('/v1/auth/reauthenticate', { assertion: await ask() });
      expectProblem(elsewhere, 401, 'invalid_code');
      test.clock.forward(61);
      expectProblem(await ann.client.post(`${PASSKEYS}/options`), 403, 'reauthentication_required');
      const proved = await ann.client.post('/v1/auth/reauthenticate', { assertion: await ask() });
      expect(proved.status).toBe(204);
      expect((await ann.client.post(`${PASSKEYS}/options`)).status).toBe(200);
    });

    it('does not take what was asked for something else, though in the same session', async () => {
      const ann = await page.owner();
      const creation = await page.creation(ann.client);
      const request = Object.assign(await page.request(), { challenge: creation.challenge });
      const assertion = ann.authenticator.get(request);
      const proved = await ann.client.post('/v1/auth/reauthenticate', { assertion });
      expectProblem(proved, 401, 'invalid_code');
      const again = await ann.client.post<PasskeyRequestDto>(
        '/v1/auth/reauthenticate/passkey-options',
      );
      const { challenge } = again.body;
      const mixed = Object.assign(await page.creation(ann.client), { challenge });
      const credential = new SoftwareAuthenticator().create(mixed);
      expectProblem(await page.add(ann.client, credential), 400, 'passkey_not_accepted');
    });

    it('is nothing that somebody without a passkey could show', async () => {
      const { client } = await page.make.signedIn();
      const answer = await client.post('/v1/auth/reauthenticate/passkey-options');
      expectProblem(answer, 409, 'no_passkey');
    });
  });
});
