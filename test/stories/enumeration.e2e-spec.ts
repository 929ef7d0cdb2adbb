import { MailQueue } from '../../src/mail/mail-queue.js';
import type { User } from '../../src/users/user.entity.js';
import type { Answer } from '../support/client.js';
import { HashMeter } from '../support/hash-work.js';
import { Make, someEmail } from '../support/make.js';
import { olderHash } from '../support/older-hash.js';
import { statementsOf } from '../support/queries.js';
import { linksMailedTo } from '../support/reset-links.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const WRONG = 'not what she has chosen';
/** All of an answer that a stranger can compare: but for its id, and how often he himself has asked by now. */
function visible({ status, headers, text }: Answer): string {
  const told = Object.entries(headers).filter(([name]) => !['date', 'ratelimit'].includes(name));
  return JSON.stringify([status, told, text]).replaceAll(String(headers['x-request-id']), 'ID');
}

const looksAs = (answer: Answer, other: Answer): void => {
  expect(visible(answer)).toBe(visible(other));
};

/** Security catalogue 4.A: nobody learns from an answer whether there is an account. */
describe('A stranger who asks who has an account', () => {
  let test: TestApp;
  let make: Make;
  let hashing: HashMeter;

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
    hashing = new HashMeter(test);
  });
  afterAll(() => test.close());

  const login = async (email: string, password = WRONG) => {
    hashing.take();
    const answer = await make.client.login(email, password);
    return { answer, work: hashing.take() };
  };

  const accounts: [string, Partial<User>][] = [
    ['an active account', {}],
    ['a deactivated account', { isActive: false }],
    ['an account whose address is not proved', { emailVerifiedAt: null }],
    ['an account without a password', { passwordHash: null }],
    ['an account whose password cannot be used', { passwordHash: '!unusable' }],
    ['an account with an older hash', { passwordHash: olderHash() }],
    ['an account with a hash of an unknown kind', { passwordHash: 'md9$x$y' }],
    ['an account with an empty hash', { passwordHash: '' }],
    ['an account with a damaged hash', { passwordHash: 'bcrypt_sha256$$2b$04$short' }],
    ['a superuser', { isSuperuser: true, isStaff: true }],
  ];

  it.each(accounts)('A01, A02 sees no difference between nobody and %s', async (_, given) => {
    const { email } = await make.user(given);
    const nobody = await login(someEmail());
    const somebody = await changingNoRow(test, () => login(email));
    expect(somebody.answer).toMatchObject({ status: 401, body: { code: 'invalid_credentials' } });
    looksAs(somebody.answer, nobody.answer);
    expect(nobody.work).toEqual(['check']);
    expect(somebody.work).toEqual(['check']);
  });

  it.each(accounts)('A01 takes one up-to-date hash for %s', async (_, given) => {
    const { email } = await make.user(given);
    await login(email);
    expect(hashing.upToDateDerivations).toBe(1);
  });

  it('A02 a deactivated account does not even open to the right password', async () => {
    const { email, password } = await make.user({ isActive: false });
    const nobody = await login(someEmail());
    const somebody = await changingNoRow(test, () => login(email, password));
    looksAs(somebody.answer, nobody.answer);
    expect(somebody.work).toEqual(nobody.work);
  });

  it('A02 learns that an address is not proved only with the right password', async () => {
    const { email, password } = await make.user({ emailVerifiedAt: null });
    expect((await login(email)).answer.body).toMatchObject({ code: 'invalid_credentials' });
    expect((await login(email, password)).answer.body).toMatchObject({
      code: 'email_not_verified',
    });
  });

  it.each<[string, (email: string) => string]>([
    ['upper case', (email) => email.toUpperCase()],
    ['spaces around it', (email) => `  ${email}\t`],
    ['upper case in the domain', (email) => email.replace('example', 'Example')],
  ])('A11 finds nothing out by %s either', async (_, vary) => {
    const { email, password } = await make.user();
    const [known, unknown] = [await login(vary(email)), await login(vary(someEmail()))];
    looksAs(known.answer, unknown.answer);
    expect(known.work).toEqual(unknown.work);
    expect((await login(vary(email), password)).answer.status).toBe(200);
  });

  it('A11 an address that is none is refused alike for all, without work', async () => {
    const { email } = await make.user();
    for (const name of [`"${email}"`, email.replace('@', '@@'), `${email}.`, `${email}\u0301`]) {
      const { answer, work } = await login(name);
      expect(answer).toMatchObject({ status: 400, body: { code: 'validation_failed' } });
      expect(work).toEqual([]);
    }
  });

  it.each([
    ['of 513 characters', 'x'.repeat(513)],
    ['of 64 KB', 'x'.repeat(64_000)],
    ['that is no text', 42 as unknown as string],
  ])('A13 a password %s is refused alike for all, before any work', async (_, password) => {
    const { email } = await make.user();
    const statements = await statementsOf(async () => {
      const [known, unknown] = [await login(email, password), await login(someEmail(), password)];
      looksAs(known.answer, unknown.answer);
      expect(known.answer.status).toBe(400);
      expect([...known.work, ...unknown.work]).toEqual([]);
    });
    expect(statements).toEqual([]);
  });

  describe('when registering', () => {
    const register = async (email: string) => {
      hashing.take();
      const answer = await make.client.register(email, 'a heron sleeps on the roof');
      return { answer, work: hashing.take() };
    };

    it.each(accounts)(
      'A04 sees no difference between a free address and that of %s',
      async (_, given) => {
        const { email } = await make.user(given);
        const [fresh, taken] = [await register(someEmail()), await register(email)];
        expect(taken.answer).toMatchObject({ status: 202, body: { status: 'verification_sent' } });
        looksAs(taken.answer, fresh.answer);
        expect(fresh.work).toEqual(['derive']);
        expect(taken.work).toEqual(['derive']);
      },
    );

    it.each(['taken', 'TAKEN'])(
      'A04 the owner of a %s address is told, and nothing of hers changes',
      async (name) => {
        const { email, password } = await make.user({ email: someEmail(name.toLowerCase()) });
        const typed = name === 'TAKEN' ? email.toUpperCase() : email;
        const before = await test.database.query<object[]>('SELECT * FROM users WHERE email = $1', [
          email,
        ]);
        await register(typed);
        const [mail] = await test.outbox.waitFor(email);
        expect(mail?.subject).toMatch(/already/i);
        expect(mail?.text).not.toMatch(/gh[a-z]_/);
        expect(
          await test.database.query('SELECT * FROM users WHERE lower(email) = $1', [email]),
        ).toEqual(before);
        expect(
          await test.database.query('SELECT * FROM one_time_tokens WHERE email = $1', [email]),
        ).toEqual([]);
        expect((await login(email, password)).answer.status).toBe(200);
      },
    );

    it('A04 bad input is refused alike, whether the address is taken or not', async () => {
      const { email } = await make.user();
      const answers = [email, someEmail()].map((each) => make.client.register(each, 'short'));
      const [taken, fresh] = await Promise.all(answers);
      expect(taken?.status).toBe(400);
      looksAs(taken!, fresh!);
    });
  });

  describe('when asking for another verification mail', () => {
    const ask = (email: string) => make.client.post('/v1/auth/email/verification', { email });

    it.each<[string, Partial<User> | undefined, number]>([
      ['nobody', undefined, 0],
      ['a proved address', {}, 0],
      ['a deactivated account', { isActive: false, emailVerifiedAt: null }, 0],
      ['an account that waits for it', { emailVerifiedAt: null }, 1],
    ])('sees no difference for %s', async (_, given, mails) => {
      const email = given === undefined ? someEmail() : (await make.user(given)).email;
      const [answer, nobody] = [await ask(email), await ask(someEmail())];
      expect(answer).toMatchObject({ status: 202, body: { status: 'verification_sent' } });
      looksAs(answer, nobody);
      // A mail that is queued later is delivered later: once this one is there, none is missing.
      const witness = (await make.user({ emailVerifiedAt: null })).email;
      await ask(witness);
      await test.outbox.waitFor(witness);
      if (mails > 0) await test.outbox.waitFor(email, mails);
      expect(test.outbox.to(email)).toHaveLength(mails);
    });
  });

  describe('when saying that a password is forgotten', () => {
    const forgot = async (email: string) => {
      const writes = jest.spyOn(test.app.get(MailQueue, { strict: false }), 'add');
      hashing.take();
      const answer = await make.client.forgot(email);
      const mailsQueued = writes.mock.calls.length;
      writes.mockRestore();
      return { answer, work: { hashes: hashing.take(), mailsQueued } };
    };

    it.each<[string, Partial<User>, number]>([
      ['an active account', {}, 1],
      ['a deactivated account', { isActive: false }, 0],
      ['an account whose address is not proved', { emailVerifiedAt: null }, 1],
      ['an account without a password', { passwordHash: null }, 1],
      ['a superuser', { isSuperuser: true, isStaff: true }, 1],
    ])('A05 sees no difference between nobody and %s', async (_, given, mails) => {
      const { email } = await make.user(given);
      const [nobody, somebody] = [await forgot(someEmail()), await forgot(email)];
      expect(somebody.answer).toMatchObject({ status: 202, body: { status: 'reset_sent' } });
      looksAs(somebody.answer, nobody.answer);
      expect(somebody.work).toEqual(nobody.work);
      expect(somebody.work).toEqual({ hashes: [], mailsQueued: 1 });
      expect(await linksMailedTo(test, email)).toBe(mails);
    });

    it('A05 the mail to an address without an account holds no link', async () => {
      const email = someEmail();
      await forgot(email);
      const [mail] = await test.outbox.waitFor(email);
      expect(mail?.subject).toBe('There is no account with this address');
      expect(JSON.stringify(mail)).not.toMatch(/gh[a-z]_|https?:/);
    });
  });
});
