import type { Answer } from '../support/client.js';
import { GOOD_PASSWORD, Make, someEmail } from '../support/make.js';
import { MANY_MAILS } from '../support/many-mails.js';
import { complaintsOf, expectProblem } from '../support/problems.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const HOUR = 3600;

/** All of an answer that a stranger can compare. */
const visible = ({ status, headers, text }: Answer): string =>
  JSON.stringify([status, Object.keys(headers), text]).replaceAll(
    String(headers['x-request-id']),
    'ID',
  );

/** Security catalogue 4.A and 4.H; traps T48, T49, T53, T54. */
describe('Proving an address by code', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp({ environment: { HASH_QUEUE: '64', ...MANY_MAILS } });
    make = new Make(test);
  });
  afterAll(() => test.close());

  const codeIn = async (email: string, count = 1): Promise<string> => {
    const mails = await test.outbox.waitFor(email, count);
    return /^(\d{4} \d{4})$/m.exec(mails.at(-1)!.text)![1]!;
  };
  const registered = async (name?: string) => {
    const email = someEmail(name);
    await make.client.register(email, GOOD_PASSWORD);
    return { email, code: await codeIn(email), token: await test.outbox.tokenFor(email) };
  };
  const byCode = (email: string, code: string) =>
    make.client.post('/v1/auth/email/verify', { email, code });
  const resend = (email: string) => make.client.post('/v1/auth/email/verification', { email });
  const other = (code: string, by = 1) =>
    String((Number(code.replace(' ', '')) + by) % 100_000_000).padStart(8, '0');

  it.each<[string, (code: string) => string]>([
    ['as it stands in the mail', (code) => code],
    ['without the space', (code) => code.replace(' ', '')],
    ['with a hyphen and spaces around', (code) => ` ${code.replace(' ', '-')} `],
  ])('opens the account, typed %s', async (_, typed) => {
    const { email, code } = await registered();
    expect(await byCode(email.toUpperCase(), typed(code))).toMatchObject({
      status: 204,
      text: '',
    });
    expect(await make.client.login(email, GOOD_PASSWORD)).toMatchObject({ status: 200 });
  });

  it('works once, and the link of the same mail then no longer', async () => {
    const { email, code, token } = await registered();
    await byCode(email, code);
    expectProblem(await byCode(email, code), 400, 'token_invalid');
    expectProblem(await make.client.verify(token), 400, 'token_invalid');
  });

  it('no longer works once the link was followed', async () => {
    const { email, code, token } = await registered();
    await make.client.verify(token);
    expectProblem(await byCode(email, code), 400, 'token_invalid');
  });

  it('works for fifteen minutes, the link for a day', async () => {
    const { email, code, token } = await registered();
    test.clock.forward(15 * 60 + 1);
    expectProblem(await byCode(email, code), 400, 'token_invalid');
    expect(await make.client.verify(token)).toMatchObject({ status: 204 });
  });

  it('is of one address alone', async () => {
    const [ann, bob] = [await registered('ann'), await registered('bob')];
    expectProblem(await byCode(bob.email, ann.code), 400, 'token_invalid');
    expect(await byCode(ann.email, ann.code)).toMatchObject({ status: 204 });
  });

  it('is replaced by the code of a newer mail', async () => {
    const { email, code } = await registered();
    await resend(email);
    const newer = await codeIn(email, 2);
    expectProblem(await byCode(email, code), 400, 'token_invalid');
    expect(await byCode(email, newer)).toMatchObject({ status: 204 });
  });

  it('can be tried five times, the right one included', async () => {
    const { email, code, token } = await registered();
    for (let i = 1; i <= 5; i++) {
      expectProblem(await byCode(email, other(code, i)), 400, 'token_invalid');
    }
    expectProblem(await changingNoRow(test, () => byCode(email, code)), 400, 'token_invalid');
    expect(await make.client.verify(token)).toMatchObject({ status: 204 });
  });

  it('is right at the fifth try', async () => {
    const { email, code } = await registered();
    for (let i = 1; i <= 4; i++) await byCode(email, other(code, i));
    expect(await byCode(email, code)).toMatchObject({ status: 204 });
  });

  it('fifty guesses at once are five', async () => {
    const { email, code } = await registered();
    const guesses = Array.from({ length: 50 }, (_, i) => byCode(email, other(code, i + 1)));
    const answers = await Promise.all(guesses);
    expect(new Set(answers.map(visible)).size).toBe(1);
    const [row] = await test.database.query<{ code_tries: number }[]>(
      'SELECT code_tries FROM one_time_tokens WHERE email = $1',
      [email],
    );
    expect(row?.code_tries).toBe(5);
    expectProblem(await byCode(email, code), 400, 'token_invalid');
  });

  it('fifty times at once proves it once', async () => {
    const { email, code } = await registered();
    const answers = await Promise.all(Array.from({ length: 50 }, () => byCode(email, code)));
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
  });

  it('T53 gives no fresh guesses by asking for another mail: twenty in a day', async () => {
    const { email, code } = await registered();
    let newest = code;
    for (let mail = 1; mail <= 4; mail++) {
      for (let i = 1; i <= 5; i++) await byCode(email, other(newest, i));
      await resend(email);
      newest = await codeIn(email, mail + 1);
    }
    expectProblem(await byCode(email, newest), 400, 'token_invalid');
    test.clock.forward(24 * HOUR + 1);
    await resend(email);
    expect(await byCode(email, await codeIn(email, 6))).toMatchObject({ status: 204 });
  });

  it('T54 tells nothing of who has an account', async () => {
    const { email: waiting } = await registered();
    const { email: proved } = await make.user();
    const { email: closed } = await make.user({ emailVerifiedAt: null, isActive: false });
    const nobody = await byCode(someEmail(), '1234 5678');
    expectProblem(nobody, 400, 'token_invalid');
    for (const email of [waiting, proved, closed]) {
      expect(visible(await byCode(email, '1234 5678'))).toBe(visible(nobody));
    }
  });

  it('is kept as nothing that could be turned back', async () => {
    const { email, code } = await registered();
    const rows = await test.database.query<object[]>(
      'SELECT * FROM one_time_tokens WHERE email = $1',
      [email],
    );
    const kept = JSON.stringify(rows);
    expect(kept).not.toContain(code);
    expect(kept).not.toContain(code.replace(' ', ''));
    expect(test.logged.join('\n')).not.toContain(code);
  });

  it.each<[string, object, string[]]>([
    ['nothing', {}, ['token required']],
    ['the address alone', { email: 'ann@example.com' }, ['code required']],
    ['the code alone', { code: '1234 5678' }, ['email required']],
    ['a code of six digits', { email: 'ann@example.com', code: '123456' }, ['code invalid_code']],
    ['other digits', { email: 'ann@example.com', code: '١٢٣٤٥٦٧٨' }, ['code invalid_code']],
    ['a number', { email: 'ann@example.com', code: 12345678 }, ['code invalid_type']],
    ['a null', { email: 'ann@example.com', code: null }, ['code invalid_type']],
    ['an operator', { email: 'ann@example.com', code: { $gt: '' } }, ['code invalid_type']],
    ['addresses', { email: ['a@example.com'], code: '12345678' }, ['email invalid_type']],
    ['both', { token: 'x', email: 'a@example.com', code: '12345678' }, ['token ambiguous']],
    ['both, without an address', { token: 'x', code: '12345678' }, ['token ambiguous']],
  ])('H08 with %s is refused by name', async (_, body, complaints) => {
    const answer = await changingNoRow(test, () => make.client.post('/v1/auth/email/verify', body));
    expectProblem(answer, 400, 'validation_failed');
    expect(complaintsOf(answer)).toEqual(complaints);
  });
});
