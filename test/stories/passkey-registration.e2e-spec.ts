import { generateKeyPairSync } from 'node:crypto';
import { type Client } from '../support/client.js';
import { GOOD_PASSWORD } from '../support/make.js';
import { claimsOf, PasskeyPage, PASSKEYS, type PasskeyView } from '../support/passkeys.js';
import { expectProblem } from '../support/problems.js';
import { changingNoRow } from '../support/rows.js';
import { SoftwareAuthenticator, type Twist } from '../support/software-authenticator.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

describe('Registering a passkey', () => {
  let test: TestApp;
  let page: PasskeyPage;

  beforeAll(async () => {
    test = await startTestApp({
      environment: { REAUTHENTICATION_WINDOW: '600', ACCESS_TOKEN_TTL: '900' },
    });
    page = new PasskeyPage(test);
  });
  afterAll(() => test.close());

  const signedIn = () => page.make.signedIn();
  const register = async (client: Client, twist: Twist = {}) =>
    page.add(client, new SoftwareAuthenticator().create(await page.creation(client), twist));
  const list = async (client: Client): Promise<readonly PasskeyView[]> =>
    (await client.get<{ items: PasskeyView[] }>(PASSKEYS)).body.items;

  it('is asked for with what the authenticator needs, and nothing that tells of her', async () => {
    const { client, user } = await signedIn();
    const options = await page.creation(client);
    expect(options).toMatchObject({
      rp: { id: 'localhost', name: 'Gatehouse' },
      user: { name: user.email },
      pubKeyCredParams: [{ alg: -8 }, { alg: -7 }, { alg: -257 }],
      attestation: 'none',
      excludeCredentials: [],
      authenticatorSelection: { residentKey: 'preferred', userVerification: 'preferred' },
    });
    expect(Buffer.from(options.user.id, 'base64url')).toHaveLength(64);
    expect(Buffer.from(options.challenge, 'base64url')).toHaveLength(32);
  });

  it('makes it a factor: recovery codes, level two, the other sessions over, a mail', async () => {
    const { client, email } = await signedIn();
    const { body: other } = await page.make.client.login(email, GOOD_PASSWORD);
    const { status, body } = await register(client);
    expect(status).toBe(201);
    expect(body).toMatchObject({ name: 'A key', canSignInAlone: true, lastUsedAt: null });
    expect(body.transports).toEqual(['hybrid', 'internal']);
    expect(body.recoveryCodes?.length).toBeGreaterThan(5);
    expectProblem(await page.make.client.as(other.accessToken).me(), 401, 'invalid_token');
    expect((await client.me()).status).toBe(200);
    const mail = await test.outbox.about(email, 'A second factor was added');
    expect(mail.text).toContain('Passkey');
  });

  it('names those that she has to her authenticators, under the same handle', async () => {
    const ann = await page.owner();
    const again = await page.creation(ann.client);
    expect(again.user.id).toBe(ann.authenticator.credential.userHandle.toString('base64url'));
    expect(again.excludeCredentials.map(({ id }) => id)).toEqual([
      ann.authenticator.credential.id.toString('base64url'),
    ]);
    const { status, body } = await register(ann.client);
    expect([status, body.recoveryCodes]).toEqual([201, undefined]);
    expect(await list(ann.client)).toHaveLength(2);
  });

  it('G29 takes no credential that is registered already, hers or somebody else’s', async () => {
    const [ann, bob] = [await page.owner(), await page.owner()];
    const { id } = ann.authenticator.credential;
    await changingNoRowButChallenges(ann.client, { id });
    await changingNoRowButChallenges(bob.client, { id });
  });

  const changingNoRowButChallenges = async (client: Client, twist: Twist) => {
    const credential = new SoftwareAuthenticator().create(await page.creation(client), twist);
    const count = async () => {
      const [row] = await test.database.query<{ n: string }[]>('SELECT count(*) n FROM passkeys');
      return row?.n;
    };
    const before = await count();
    expectProblem(await page.add(client, credential), 409, 'passkey_registered');
    expect(await count()).toBe(before);
  };

  const wrong: readonly (readonly [string, Twist])[] = [
    ['G23 from another page', { origin: 'https://evil.com' }],
    ['G23 from another port', { origin: 'http://localhost:3001' }],
    ['G23 from a sub-domain', { origin: 'http://a.localhost:3000' }],
    ['G23 from no page', { origin: 'null' }],
    ['G23 within a page of another origin', { crossOrigin: true }],
    ['G23 below a page of another origin', { topOrigin: 'http://localhost:3000' }],
    ['of another domain', { rpId: 'evil.com' }],
    ['of another ceremony', { type: 'webauthn.get' }],
    ['G22 over a challenge that the client chose', { challenge: 'A'.repeat(43) }],
    ['without anybody there', { present: false }],
    ['G28 that is backed up and never may be', { backedUp: true }],
    ['G29 with an id longer than ids are', { id: Buffer.alloc(1024, 1) }],
    ['with another id than it says', { claimedId: Buffer.alloc(16, 1) }],
    ['G29 with an algorithm that was not offered', { algorithm: -35 }],
    ['that attests what nobody asked', { attestation: 'apple' }],
    ['with a format that nobody knows', { attestation: 'nonsense' }],
  ];

  it.each(wrong)('refuses one %s', async (_, twist) => {
    const { client } = await signedIn();
    expectProblem(await register(client, twist), 400, 'passkey_not_accepted');
    expect(await list(client)).toEqual([]);
  });

  it('takes one that signs for itself, if the signature is right', async () => {
    const { client } = await signedIn();
    expect((await register(client, { attestation: 'packed' })).status).toBe(201);
    const { privateKey: key } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const forged = await register(client, { attestation: 'packed', key });
    expectProblem(forged, 400, 'passkey_not_accepted');
  });

  it('takes an id as long as ids may be', async () => {
    const { client } = await signedIn();
    expect((await register(client, { id: Buffer.alloc(1023, 2) })).status).toBe(201);
  });

  it('G22 takes a challenge once, in its session, of its user, and for five minutes', async () => {
    const [ann, bob] = [await signedIn(), await signedIn()];
    const { body: elsewhere } = await page.make.client.login(ann.email, GOOD_PASSWORD);
    const other = page.make.client.as(elsewhere.accessToken);
    const credential = async () =>
      new SoftwareAuthenticator().create(await page.creation(ann.client));
    expectProblem(await page.add(bob.client, await credential()), 400, 'passkey_not_accepted');
    expectProblem(await page.add(other, await credential()), 400, 'passkey_not_accepted');
    const late = await credential();
    test.clock.forward(300);
    expectProblem(await page.add(ann.client, late), 400, 'passkey_not_accepted');
    const hers = await credential();
    expect((await page.add(ann.client, hers)).status).toBe(201);
    expectProblem(await page.add(ann.client, hers), 400, 'passkey_not_accepted');
  });

  it('G22 spends the challenge even where the rest is wrong', async () => {
    const { client } = await signedIn();
    const options = await page.creation(client);
    const authenticator = new SoftwareAuthenticator();
    const bad = authenticator.create(options, { origin: 'https://evil.com' });
    expectProblem(await page.add(client, bad), 400, 'passkey_not_accepted');
    const good = authenticator.create(options);
    expectProblem(await page.add(client, good), 400, 'passkey_not_accepted');
  });

  it('asks for a fresh proof, by the strongest factor there is', async () => {
    const { client } = await signedIn();
    const options = await page.creation(client);
    test.clock.forward(601);
    const late = new SoftwareAuthenticator().create(options);
    expectProblem(await page.add(client, late), 403, 'reauthentication_required');
    expectProblem(await client.post(`${PASSKEYS}/options`), 403, 'reauthentication_required');
    const ann = await page.owner();
    test.clock.forward(601);
    const proved = await ann.client.post('/v1/auth/reauthenticate', { password: ann.password });
    expect(proved.status).toBe(204);
    const answer = await ann.client.post(`${PASSKEYS}/options`);
    expectProblem(answer, 403, 'reauthentication_required');
  });

  it('G29 is nothing that a half-finished sign-in may do', async () => {
    const ann = await page.owner();
    const half = page.make.client.as(await page.begin(ann));
    expectProblem(await half.post(`${PASSKEYS}/options`), 401, 'invalid_token');
  });

  it('is nothing for an address that nobody has proved', async () => {
    const { client, user } = await signedIn();
    const credential = new SoftwareAuthenticator().create(await page.creation(client));
    await test.database.query('UPDATE users SET email_verified_at = NULL WHERE id = $1', [user.id]);
    expectProblem(await client.post(`${PASSKEYS}/options`), 403, 'email_not_verified');
    expectProblem(await page.add(client, credential), 403, 'email_not_verified');
  });

  it('ends at twenty', async () => {
    const ann = await page.owner();
    for (let i = 1; i < 20; i++) expect((await register(ann.client)).status).toBe(201);
    expectProblem(await ann.client.post(`${PASSKEYS}/options`), 409, 'too_many_passkeys');
  });

  it('refuses what is no credential, whatever it is instead', async () => {
    const { client } = await signedIn();
    const options = await page.creation(client);
    const good = new SoftwareAuthenticator().create(options);
    const { response } = good;
    const shapes: readonly object[] = [
      {},
      { ...good, id: 7 },
      { ...good, rawId: 'other' },
      { ...good, type: 'password' },
      { ...good, response: 'x' },
      { ...good, response: [] },
      { ...good, id: `${good.id}=`, rawId: `${good.id}=` },
      { ...good, response: { ...response, clientDataJSON: 'bm9uc2Vuc2U' } },
      { ...good, response: { ...response, clientDataJSON: 'bnVsbA' } },
      { ...good, response: { ...response, clientDataJSON: '_w' } },
      { ...good, response: { ...response, attestationObject: 9 } },
      { ...good, response: { ...response, attestationObject: '' } },
    ];
    for (const shape of shapes) {
      const answer = await changingNoRow(test, () => page.add(client, shape));
      expectProblem(answer, 400, 'passkey_not_accepted');
    }
    for (const credential of [null, 'x', 7, []]) {
      const answer = await changingNoRow(test, () => page.add(client, credential));
      expectProblem(answer, 400, 'validation_failed');
    }
    expect((await page.add(client, good)).status).toBe(201);
  });

  it('survives any bytes where CBOR belongs', async () => {
    const { client } = await signedIn();
    const bombs = ['gICA', 'm////w', 'u///////////', 'gYGB'.repeat(10_000), 'oGE', '-AAA'];
    for (const attestationObject of bombs) {
      const good = new SoftwareAuthenticator().create(await page.creation(client));
      const bad = { ...good, response: { ...good.response, attestationObject } };
      expectProblem(await page.add(client, bad), 400, 'passkey_not_accepted');
    }
  });

  it('counts once, whatever comes at the same time', async () => {
    const { client } = await signedIn();
    const credential = new SoftwareAuthenticator().create(await page.creation(client));
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => page.add(client, credential)),
    );
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(await list(client)).toHaveLength(1);
  });

  it('keeps one handle for a user, though two first ones were begun at once', async () => {
    const { client } = await signedIn();
    const begun = [await page.creation(client), await page.creation(client)] as const;
    expect(begun[0].user.id).not.toBe(begun[1].user.id);
    const [first, second] = begun.map((options) => new SoftwareAuthenticator().create(options));
    expect((await page.add(client, first)).status).toBe(201);
    expectProblem(await page.add(client, second), 400, 'passkey_not_accepted');
    expect((await register(client)).status).toBe(201);
  });

  describe('and looking after it', () => {
    it('renames it and removes it, with which level two is gone', async () => {
      const ann = await page.owner();
      const url = `${PASSKEYS}/${ann.passkey.id}`;
      const { status, body } = await ann.client.patch<PasskeyView>(url, { name: 'Blue' });
      expect([status, body.name]).toEqual([200, 'Blue']);
      expectProblem(await ann.client.patch(url, { name: '' }), 400, 'validation_failed');
      expect((await ann.client.send({ method: 'DELETE', url })).status).toBe(204);
      expect(await list(ann.client)).toEqual([]);
      expectProblem(await page.signInWith(ann.authenticator), 401, 'invalid_credentials');
      const { body: again } = await page.make.client.login(ann.email, ann.password);
      expect(claimsOf(again.accessToken)).toMatchObject({ acr: 'aal1' });
      expectProblem(await ann.client.send({ method: 'DELETE', url }), 404, 'not_found');
    });

    it('is hers alone', async () => {
      const [ann, bob] = [await page.owner(), await page.owner()];
      const url = `${PASSKEYS}/${ann.passkey.id}`;
      await changingNoRow(test, async () => {
        expectProblem(await bob.client.patch(url, { name: 'Mine' }), 404, 'not_found');
        expectProblem(await bob.client.send({ method: 'DELETE', url }), 404, 'not_found');
      });
      expect(await list(bob.client)).toMatchObject([{ id: bob.passkey.id }]);
      const malformed = await bob.client.send({ method: 'DELETE', url: `${PASSKEYS}/x` });
      expectProblem(malformed, 404, 'not_found');
    });
  });
});
