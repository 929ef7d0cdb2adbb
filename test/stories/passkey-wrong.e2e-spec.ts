import { generateKeyPairSync } from 'node:crypto';
import { PasskeysService } from '../../src/two-factor/passkeys/passkeys.service.js';
import { LogBook } from '../support/audit.js';
import { type LoginTry, PasskeyPage, type PasskeyOwner, PASSKEYS } from '../support/passkeys.js';
import { expectProblem } from '../support/problems.js';
import { flipped, type Twist } from '../support/software-authenticator.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const otherKey = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
/** What an authenticator, a browser or somebody between can do wrong. */
const WRONG: readonly (readonly [string, Twist])[] = [
  ['G22 a challenge that the client chose', { challenge: 'A'.repeat(43) }],
  ['G22 an empty challenge', { challenge: '' }],
  ['G23 another site', { origin: 'https://evil.com' }],
  ['G23 another scheme', { origin: 'https://localhost:3000' }],
  ['G23 another port', { origin: 'http://localhost:3001' }],
  ['G23 no port', { origin: 'http://localhost' }],
  ['G23 a sub-domain', { origin: 'http://a.localhost:3000' }],
  ['G23 a domain that begins alike', { origin: 'http://localhost:3000.evil.com' }],
  ['G23 a trailing dot', { origin: 'http://localhost.:3000' }],
  ['G23 a trailing slash', { origin: 'http://localhost:3000/' }],
  ['G23 no origin', { origin: 'null' }],
  ['G23 a page of another origin around ours', { crossOrigin: true }],
  ['G23 a page above ours', { topOrigin: 'http://localhost:3000' }],
  ['G23 a word where a flag belongs', { crossOrigin: 'false' }],
  ['a registration in its place', { type: 'webauthn.create' }],
  ['another domain', { rpId: 'evil.com' }],
  ['nobody there', { present: false }],
  ['G25 a flipped signature', { signature: flipped }],
  ['G25 no signature', { signature: () => Buffer.alloc(0) }],
  ['G25 a signature that is none', { signature: () => Buffer.alloc(70, 1) }],
  ['G25 the signature of another key', { key: otherKey }],
  ['G28 a backup of what cannot be backed up', { backedUp: true }],
  ['G28 that it may be backed up all of a sudden', { backupEligible: true }],
  ['an id that nobody has', { id: Buffer.alloc(16, 9) }],
];

describe('A passkey that is shown wrongly', () => {
  let test: TestApp;
  let page: PasskeyPage;
  let ann: PasskeyOwner;

  beforeAll(async () => {
    test = await startTestApp();
    page = new PasskeyPage(test);
    ann = await page.owner();
  });
  afterAll(() => test.close());

  /** But for the number of the request, nothing tells one failure from another. */
  const wordsOf = ({ status, body, headers }: LoginTry) => ({
    status,
    body: { ...body, requestId: '' },
    headers: Object.keys(headers).sort(),
  });

  it.each(WRONG)('is refused alone: %s', async (_, twist) => {
    expectProblem(await page.signInWith(ann.authenticator, twist), 401, 'invalid_credentials');
  });

  it.each(WRONG)('is refused as second factor: %s', async (_, twist) => {
    const answer = await page.completeWith(await page.begin(ann), ann.authenticator, twist);
    expectProblem(answer, 401, 'invalid_code');
  });

  it('is taken where nothing is wrong', async () => {
    expect((await page.signInWith(ann.authenticator)).status).toBe(200);
    const right = await page.completeWith(await page.begin(ann), ann.authenticator);
    expect(right.status).toBe(200);
  });

  it('T81 opens nothing alone without a fingerprint or a PIN', async () => {
    const touched = await page.signInWith(ann.authenticator, { verified: false });
    expectProblem(touched, 401, 'invalid_credentials');
  });

  it('T81 opens nothing alone if it was registered as a mere second factor', async () => {
    const bob = await page.owner({ verified: false });
    expect(bob.passkey.canSignInAlone).toBe(false);
    const alone = await page.signInWith(bob.authenticator, { verified: true });
    expectProblem(alone, 401, 'invalid_credentials');
    const factor = await page.completeWith(await page.begin(bob), bob.authenticator);
    expect(factor.status).toBe(200);
  });

  it('G26 names its owner, and nobody else', async () => {
    const bob = await page.owner();
    const [hers, his] = [ann.authenticator.credential, bob.authenticator.credential];
    const twists: Twist[] = [
      { userHandle: null },
      { userHandle: his.userHandle },
      { userHandle: Buffer.from(ann.user.id) },
      { id: his.id },
      { id: his.id, userHandle: his.userHandle },
      { id: his.id, userHandle: his.userHandle, key: hers.key },
    ];
    for (const twist of twists) {
      const answer = await page.signInWith(ann.authenticator, twist);
      expectProblem(answer, 401, 'invalid_credentials');
    }
    const asFactor = await page.completeWith(await page.begin(ann), ann.authenticator, {
      userHandle: his.userHandle,
    });
    expectProblem(asFactor, 401, 'invalid_code');
    const ofHim = await page.completeWith(await page.begin(ann), bob.authenticator);
    expectProblem(ofHim, 401, 'invalid_code');
  });

  it('G22 counts once', async () => {
    const assertion = ann.authenticator.get(await page.request());
    expect((await page.signIn(assertion)).status).toBe(200);
    expectProblem(await page.signIn(assertion), 401, 'invalid_credentials');
  });

  it('G22 counts for five minutes', async () => {
    const late = ann.authenticator.get(await page.request());
    test.clock.forward(300);
    expectProblem(await page.signIn(late), 401, 'invalid_credentials');
  });

  it('G22 has one answer: a wrong one spends the challenge, too', async () => {
    const options = await page.request();
    const wrong = ann.authenticator.get(options, { signature: flipped });
    expectProblem(await page.signIn(wrong), 401, 'invalid_credentials');
    const right = ann.authenticator.get(options);
    expectProblem(await page.signIn(right), 401, 'invalid_credentials');
  });

  it('counts once, whatever comes at the same time', async () => {
    const assertion = ann.authenticator.get(await page.request());
    const answers = await Promise.all(Array.from({ length: 50 }, () => page.signIn(assertion)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 401)).toHaveLength(49);
  });

  it('answers in the same words whatever is wrong, and whoever it is about', async () => {
    const [gone, closed, left] = [await page.owner(), await page.owner(), await page.owner()];
    await test.database.query('DELETE FROM users WHERE id = $1', [gone.user.id]);
    await test.database.query('UPDATE users SET is_active = false WHERE id = $1', [closed.user.id]);
    await left.client.send({ method: 'DELETE', url: `${PASSKEYS}/${left.passkey.id}` });
    const answers = [
      await page.signInWith(gone.authenticator),
      await page.signInWith(closed.authenticator),
      await page.signInWith(left.authenticator),
      await page.signInWith(ann.authenticator, { signature: flipped }),
      await page.signInWith(ann.authenticator, { verified: false }),
      await page.signIn({}),
      await page.signIn({ id: 7, response: [] }),
    ];
    const [first, ...others] = answers.map(wordsOf);
    expect(first?.status).toBe(401);
    for (const other of others) expect(other).toEqual(first);
  });

  it('is refused as a body where it is no object', async () => {
    for (const assertion of [undefined, null, 'x', 7, []]) {
      expectProblem(await page.signIn(assertion), 400, 'validation_failed');
    }
    const large = await page.signIn({ id: 'x'.repeat(70_000) });
    expectProblem(large, 413, 'body_too_large');
  });

  it('opens nothing if it was removed while it was looked at', async () => {
    const bob = await page.owner();
    const passkeys = test.app.get(PasskeysService, { strict: false });
    const use = passkeys.use.bind(passkeys);
    const spy = jest.spyOn(passkeys, 'use').mockImplementation(async (passkey, how) => {
      const used = await use(passkey, how);
      const url = `${PASSKEYS}/${bob.passkey.id}`;
      expect((await bob.client.send({ method: 'DELETE', url })).status).toBe(204);
      return used;
    });
    try {
      const answer = await page.signInWith(bob.authenticator);
      expectProblem(answer, 401, 'invalid_credentials');
    } finally {
      spy.mockRestore();
    }
  });

  describe('and counts', () => {
    it('G28 is refused if it counts less than before; the log book and the owner hear of it', async () => {
      const bob = await page.owner({ counts: true });
      expect((await page.signInWith(bob.authenticator)).status).toBe(200);
      for (const count of [0, 1, 2]) {
        const copy = await page.signInWith(bob.authenticator, { count });
        expectProblem(copy, 401, 'invalid_credentials');
      }
      const asFactor = await page.completeWith(await page.begin(bob), bob.authenticator, {
        count: 2,
      });
      expectProblem(asFactor, 401, 'invalid_code');
      const book = await LogBook.of(test);
      const words = await book.words(bob.user.id);
      expect(words.filter((word) => word === 'passkey_counter_went_back failure')).toHaveLength(4);
      expect((await page.signInWith(bob.authenticator)).status).toBe(200);
      await test.outbox.about(bob.email, /may have been copied/);
      const told = test.outbox.to(bob.email).map(({ subject }) => subject);
      expect(told.filter((subject) => subject.includes('may have been copied'))).toHaveLength(1);
    });

    it('is believed only what it signed', async () => {
      const bob = await page.owner({ counts: true });
      expect((await page.signInWith(bob.authenticator)).status).toBe(200);
      await page.signInWith(bob.authenticator, { count: 1, signature: flipped });
      const words = await (await LogBook.of(test)).words(bob.user.id);
      expect(words).not.toContain('passkey_counter_went_back failure');
      expect(words).toContain('sign_in failure');
    });

    it('counts one of many that count alike, whatever challenge each has', async () => {
      const bob = await page.owner({ counts: true });
      const options = await Promise.all(Array.from({ length: 20 }, () => page.request()));
      const answers = await Promise.all(
        options.map((each) => page.signIn(bob.authenticator.get(each, { count: 9 }))),
      );
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    });
  });

  it('tells the log book what was wrong, and whose it was', async () => {
    const bob = await page.owner();
    await page.signInWith(bob.authenticator, { signature: flipped });
    await page.signInWith(bob.authenticator, { verified: false });
    const events = await (await LogBook.of(test)).about(bob.user.id);
    const failures = events.filter(
      ({ action, outcome }) => `${action} ${outcome}` === 'sign_in failure',
    );
    expect(failures.map(({ details }) => details)).toEqual([
      { reason: 'passkey_signature' },
      { reason: 'passkey_signature' },
    ]);
  });
});
