import { OpaqueToken } from '../../src/common/opaque-token.js';
import { HashMeter } from '../support/hash-work.js';
import { Make, someEmail } from '../support/make.js';
import { complaintsOf, expectProblem } from '../support/problems.js';
import { allMailsAreOut, linksMailedTo, resetTokenFor } from '../support/reset-links.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const NEW_PASSWORD = 'a heron sleeps on the roof';
const FORGOT = '/v1/auth/password/forgot';
const RESET = '/v1/auth/password/reset';

/** Security catalogue 4.H: what is sent to the two calls that need no sign-in. */
describe('A stranger who wants the password of somebody else', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
  });
  afterAll(() => test.close());

  const raw = (url: string, payload: string, type = 'application/json') =>
    make.client.send({ method: 'POST', url, headers: { 'content-type': type }, payload });

  describe('H05 gets no mail for', () => {
    it.each<[string, (victim: string, own: string) => unknown]>([
      ['two addresses in a list', (victim, own) => [victim, own]],
      ['an object', (victim) => ({ email: victim })],
      ['two addresses with a comma', (victim, own) => `${victim},${own}`],
      ['two addresses with a semicolon', (victim, own) => `${victim};${own}`],
      ['two addresses with a space', (victim, own) => `${victim} ${own}`],
      ['a header in it', (victim, own) => `${victim}\ncc:${own}`],
      ['a header in it, encoded', (victim, own) => `${victim}%0acc:${own}`],
      ['a name and an address', (victim) => `Ann <${victim}>`],
      ['a quoted local part', (victim, own) => `"${victim}"${own.slice(own.indexOf('@'))}`],
      ['a full-width @', (victim) => victim.replace('@', '＠')],
      ['a NUL', (victim) => `${victim}\0`],
      ['null', () => null],
      ['a number', () => 1],
      ['true', () => true],
    ])('%s', async (_, vary) => {
      const [victim, own] = [(await make.user()).email, (await make.user()).email];
      await changingNoRow(test, async () => {
        const answer = await make.client.forgot(vary(victim, own));
        expect(answer.status).toBe(400);
      });
      expect(await linksMailedTo(test, victim)).toBe(0);
      expect(await linksMailedTo(test, own)).toBe(0);
    });

    it('two fields of one name, an array in a field name, or a form', async () => {
      const [victim, own] = [(await make.user()).email, (await make.user()).email];
      await changingNoRow(test, async () => {
        const twice = `{"email":"${victim}","email":"${own}"}`;
        expectProblem(await raw(FORGOT, twice), 400, 'malformed_json');
        expectProblem(await raw(FORGOT, `{"email[]":"${own}"}`), 400, 'validation_failed');
        const form = await raw(FORGOT, `email=${own}`, 'application/x-www-form-urlencoded');
        expectProblem(form, 415, 'unsupported_media_type');
        const inQuery = await make.client.post(`${FORGOT}?email=${own}`, {});
        expect(complaintsOf(inQuery)).toEqual(['email required']);
      });
    });
  });

  it.each(['email', 'userId', 'id', 'isSuperuser'])(
    'H07 cannot turn her own link on another user by a field %s',
    async (field) => {
      const own = await make.user();
      const victim = await make.user();
      const token = await resetTokenFor(test, own.email);
      const value = field === 'email' ? victim.email : victim.user.id;
      await allMailsAreOut(test);
      await changingNoRow(test, async () => {
        const body = { token, newPassword: NEW_PASSWORD, [field]: value };
        const answer = await make.client.post(RESET, body);
        expectProblem(answer, 400, 'validation_failed');
        expect(complaintsOf(answer)).toEqual([`${field} unknown_field`]);
      });
      expect(await make.client.reset(token, NEW_PASSWORD)).toMatchObject({ status: 204 });
      expect((await make.client.login(victim.email, victim.password)).status).toBe(200);
    },
  );

  it.each([
    undefined,
    null,
    '',
    [],
    {},
    { $gt: '' },
    { $ne: null },
    true,
    0,
    -1,
    ' ',
    '%',
    'ghp_',
    'null',
    'undefined',
    'x'.repeat(201),
  ])('H08 opens nothing with the token %j', async (token) => {
    await make.user();
    await resetTokenFor(test, (await make.user()).email);
    await changingNoRow(test, async () => {
      expect((await make.client.reset(token, NEW_PASSWORD)).status).toBe(400);
      expect((await make.client.checkReset(token)).status).toBe(400);
    });
  });

  it('H08 opens nothing with what is stored of a token, or with a token of another purpose', async () => {
    const { email, user } = await make.user({ emailVerifiedAt: null });
    const token = await resetTokenFor(test, email);
    const [row] = await test.database.query<{ id: string; secret_hash: Buffer }[]>(
      `SELECT id, secret_hash FROM one_time_tokens WHERE user_id = $1`,
      [user.id],
    );
    const { id, secret_hash: hash } = row!;
    await make.client.post('/v1/auth/email/verification', { email });
    const mails = await test.outbox.waitFor(email, 2);
    const other = /ghv_\w+/.exec(mails.map(({ text }) => text).join())![0];
    const guesses = [
      hash.toString('hex'),
      hash.toString('base64'),
      `ghp_${hash.toString('hex')}`,
      id,
      other,
      other.replace('ghv', 'ghp'),
      token.replace('ghp', 'ghv'),
      token.toUpperCase(),
      ` ${token}`,
      `${token}\n`,
      token.slice(0, -1),
      OpaqueToken.issue('ghp', id).reveal(),
      OpaqueToken.issue('ghp').reveal(),
    ];
    await changingNoRow(test, async () => {
      for (const guess of guesses) {
        expectProblem(await make.client.reset(guess, NEW_PASSWORD), 400, 'token_invalid');
        expectProblem(await make.client.checkReset(guess), 400, 'token_invalid');
      }
    });
    expect(await make.client.reset(token, NEW_PASSWORD)).toMatchObject({ status: 204 });
  });

  it('costs no hash and no judgement of a password with a token that does not work', async () => {
    const hashing = new HashMeter(test);
    for (const token of ['nonsense', OpaqueToken.issue('ghp').reveal()]) {
      for (const password of [NEW_PASSWORD, 'short']) {
        expectProblem(await make.client.reset(token, password), 400, 'token_invalid');
      }
    }
    expect(hashing.take()).toEqual([]);
    const { email } = await make.user();
    const token = await resetTokenFor(test, email);
    hashing.take();
    await make.client.reset(token, 'short');
    expect(hashing.take()).toEqual([]);
    await make.client.reset(token, NEW_PASSWORD);
    expect(hashing.take()).toEqual(['derive']);
  });

  it.each<[string, (email: string) => unknown, string]>([
    ['is too short', () => 'too short', 'newPassword password_too_short'],
    ['is a common one', () => 'qwertyuiop', 'newPassword password_too_common'],
    ['is like her address', (email) => email, 'newPassword password_too_similar'],
    ['is like her name', () => 'Wilhelmina1', 'newPassword password_too_similar'],
    ['is empty', () => '', 'newPassword password_too_short'],
    ['is no text', () => 12345678901, 'newPassword invalid_type'],
    ['is left out', () => undefined, 'newPassword required'],
    ['is too long', () => 'x'.repeat(129), 'newPassword password_too_long'],
  ])('a new password that %s is refused, and the link still works', async (_, vary, complaint) => {
    const email = someEmail('a');
    await make.user({ email, firstName: 'Wilhelmina' });
    const token = await resetTokenFor(test, email);
    await allMailsAreOut(test);
    await changingNoRow(test, async () => {
      const answer = await make.client.reset(token, vary(email));
      expectProblem(answer, 400, 'validation_failed');
      expect(complaintsOf(answer)).toContain(complaint);
    });
    expect(await make.client.reset(token, NEW_PASSWORD)).toMatchObject({ status: 204 });
  });

  it('H10 finds the token nowhere but in the mail', async () => {
    const { email } = await make.user();
    const token = await resetTokenFor(test, email);
    const secret = token.slice('ghp_'.length).split('_')[1]!;
    const answers = [
      await make.client.checkReset(token),
      await make.client.reset(token, 'short'),
      await make.client.reset(`${token}x`, NEW_PASSWORD),
      await make.client.get(`/reset-password?token=${token}`),
      await make.client.get(`${RESET}?token=${token}`),
    ];
    const page = await make.client.get('/reset-password');
    expect(page.headers['referrer-policy']).toBe('no-referrer');
    expect(page.headers['cache-control']).toBe('no-store');
    const tables = await test.database.query<{ name: string }[]>(
      `SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'`,
    );
    const dump = await Promise.all(
      tables.map(({ name }) => test.database.query<object[]>(`SELECT t::text FROM ${name} t`)),
    );
    const everywhere = JSON.stringify([
      dump,
      test.logged,
      answers.map(({ headers, text }) => [headers, text]),
    ]);
    expect(everywhere).not.toContain(secret);
  });

  it('H25 cannot foresee the next token from those before', async () => {
    const { email } = await make.user();
    const tokens: string[] = [];
    for (let i = 0; i < 5; i++) {
      tokens.push(await resetTokenFor(test, email));
      test.clock.forward(1801); // three may be mailed in an hour
    }
    const secrets = tokens.map((token) => token.split('_')[2]!.slice(0, 43));
    expect(new Set(secrets).size).toBe(5);
    // 256 bits in base 62 are 43 letters; neighbours share no more of them than chance has it.
    for (const [i, secret] of secrets.entries()) {
      expect(secret).toMatch(/^\w{43}$/);
      const next = secrets[i + 1] ?? '';
      const same = Array.from(next).filter((letter, at) => letter === secret[at]);
      expect(same.length).toBeLessThan(10);
    }
  });
});
