import { userRow } from '../../src/users/new-user.js';
import { User } from '../../src/users/user.entity.js';
import { GOOD_PASSWORD, Make, someEmail } from '../support/make.js';
import { complaintsOf, expectProblem } from '../support/problems.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

describe('One address, one account', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
  });
  afterAll(() => test.close());

  /** Past all of our code: what somebody writes into the table by hand. */
  const insert = (changes: Partial<User>) =>
    test.database.getRepository(User).insert({
      ...userRow({ email: someEmail(), passwordHash: null }, test.clock.now()),
      ...changes,
    });

  it.each([
    ...[
      'mıke@example.org',
      '"a"@victim.com',
      'ann@аррӏе.com',
      'ann@[127.0.0.1]',
      'a@b.com,c@d.com',
    ],
    ...[
      'ann@example.com\r\nBcc: bob@example.com',
      'ann@localhost',
      'ﬁ@example.com',
      'a\u200bnn@a.com',
    ],
    ...[`${'a'.repeat(65)}@example.com`, 'Ann <ann@example.com>', 'ann@example.com.'],
  ])('M19 cannot be registered as %j', async (email) => {
    for (const url of ['/v1/auth/register', '/v1/auth/login', '/v1/auth/email/verification']) {
      const password = url.endsWith('verification') ? {} : { password: GOOD_PASSWORD };
      const answer = await changingNoRow(test, () => make.client.post(url, { email, ...password }));
      expectProblem(answer, 400, 'validation_failed');
      expect(complaintsOf(answer)).toEqual(['email invalid_email']);
    }
    expect(test.outbox.to(email)).toEqual([]);
  });

  it('H23 is found in any casing, with a tag it is another, and a domain in any alphabet', async () => {
    const { email, password } = await make.user({ email: someEmail('Ann') });
    expect(await make.client.login(email.toUpperCase(), password)).toMatchObject({ status: 200 });
    const tagged = email.replace('@', '+tag@');
    expect(await make.client.login(tagged, password)).toMatchObject({ status: 401 });
    const local = someEmail().split('@')[0]!;
    await make.client.register(`${local}@bücher.example`, GOOD_PASSWORD);
    await make.client.verify(await test.outbox.tokenFor(`${local}@bücher.example`));
    for (const domain of ['bücher.example', 'xn--bcher-kva.example', 'XN--BCHER-KVA.example']) {
      expect(await make.client.login(`${local}@${domain}`, GOOD_PASSWORD)).toMatchObject({
        status: 200,
        body: { user: { email: `${local}@bücher.example` } },
      });
    }
  });

  it('T01 gets mail where its owner said, not where somebody asks for it', async () => {
    const email = someEmail('Mixed.Case');
    await make.client.register(email, GOOD_PASSWORD);
    await test.outbox.waitFor(email);
    await make.client.post('/v1/auth/email/verification', { email: email.toLowerCase() });
    await test.outbox.waitFor(email, 2);
    expect(test.outbox.to(email.toLowerCase())).toEqual([]);
  });

  it.each<[string, string]>([
    ['upper case', 'Ann@Example.com'],
    ['other letters', 'mıke@example.com'],
    ['no @', 'ann.example.com'],
    ['two @', 'ann@bob@example.com'],
    ['a space', 'ann @example.com'],
    ['a line break', 'ann@example.com\n'],
    ['nothing', ''],
    ['quotes', '"ann"@example.com'],
  ])('T03 the database refuses a canonical address with %s', async (_, emailCanonical) => {
    await changingNoRow(test, () =>
      expect(insert({ email: emailCanonical, emailCanonical })).rejects.toMatchObject({
        // An empty one is none, which only service accounts have.
        driverError: {
          constraint: expect.stringMatching(
            emailCanonical === '' ? /^users_service_account$/ : /^users_email_canonical_/,
          ) as string,
        },
      }),
    );
  });

  it('T04 the database refuses a canonical address of another one', async () => {
    const { user } = await make.user();
    await expect(
      insert({ email: someEmail('evil'), emailCanonical: someEmail('victim') }),
    ).rejects.toMatchObject({ driverError: { constraint: 'users_email_canonical_of_email' } });
    await expect(
      test.database.query('UPDATE users SET email = $1 WHERE id = $2', [
        someEmail('evil'),
        user.id,
      ]),
    ).rejects.toMatchObject({ driverError: { constraint: 'users_email_canonical_of_email' } });
  });

  it('T03 the database refuses a second row, in any casing', async () => {
    const { user } = await make.user();
    for (const email of [user.email, user.email.toUpperCase()]) {
      await expect(insert({ email, emailCanonical: user.emailCanonical })).rejects.toMatchObject({
        driverError: { constraint: 'users_email_canonical_key' },
      });
    }
  });
});
