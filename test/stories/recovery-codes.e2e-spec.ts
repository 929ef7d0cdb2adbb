import { LogBook } from '../support/audit.js';
import { enroll } from '../support/authenticator.js';
import { Make, type MadeUser } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const BASE = '/v1/users/me/two-factor';
const CODES = `${BASE}/recovery-codes`;

interface Codes {
  readonly recoveryCodes: readonly string[];
}

describe('Recovery codes', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp({
      environment: { ACCESS_TOKEN_TTL: '3600', MAILS_PER_RECIPIENT: '100' },
    });
    make = new Make(test);
  });
  afterAll(() => test.close());

  const ann = async () => {
    const her = await make.signedIn();
    const { app, recoveryCodes } = await enroll(test, her.client);
    return { ...her, app, codes: recoveryCodes ?? [] };
  };
  const challengeOf = async ({ email, password }: MadeUser) => {
    const { body } = await make.client.post<{ challengeToken: string; methods: string[] }>(
      '/v1/auth/login',
      { email, password },
    );
    return body;
  };
  const signIn = async (her: MadeUser, code: string | undefined) => {
    const { challengeToken } = await challengeOf(her);
    return make.client.post<{ accessToken: string }>('/v1/auth/login/two-factor', {
      challengeToken,
      method: 'recovery_code',
      code,
    });
  };
  const left = async (her: MadeUser) => {
    const [row] = await test.database.query<{ left: number }[]>(
      'SELECT count(*)::int AS left FROM recovery_codes WHERE user_id = $1 AND used_at IS NULL',
      [her.user.id],
    );
    return row?.left;
  };

  it('stand in for the app, each once', async () => {
    const her = await ann();
    expect((await challengeOf(her)).methods).toEqual(['totp', 'recovery_code']);
    const [first, second] = her.codes;
    const { status, body } = await signIn(her, first);
    expect(status).toBe(200);
    const claims = JSON.parse(
      Buffer.from(body.accessToken.split('.')[1] ?? '', 'base64url').toString(),
    ) as object;
    expect(claims).toMatchObject({ amr: ['pwd', 'recovery_code', 'mfa'], acr: 'aal2' });
    expectProblem(await signIn(her, first), 401, 'invalid_code');
    expect((await signIn(her, second)).status).toBe(200);
    expect(await left(her)).toBe(8);
  });

  it('are told by their owner’s mail, and by the log book, one by one', async () => {
    const her = await ann();
    await signIn(her, her.codes[0]);
    const mail = await test.outbox.about(her.email, 'A recovery code was used');
    expect(mail.text).toContain('Still good: 9.');
    const events = await (await LogBook.of(test)).about(her.user.id);
    const used = events.find(({ action }) => action === 'recovery_code_used');
    expect(used).toMatchObject({ outcome: 'success', details: { left: 9 } });
  });

  it('G21 say that it is time for new ones when two are left', async () => {
    const her = await ann();
    for (const code of her.codes.slice(0, 8)) expect((await signIn(her, code)).status).toBe(200);
    const few = await test.outbox.about(her.email, 'Your recovery codes run out');
    const subjects = test.outbox.to(her.email).map(({ subject }) => subject);
    expect(subjects.filter((subject) => subject === 'A recovery code was used')).toHaveLength(7);
    expect(few.text).toContain('Still good: 2. Make new ones before you need them.');
  });

  it.each([
    ['in lower case', (code: string) => code.toLowerCase()],
    ['without hyphens', (code: string) => code.replaceAll('-', '')],
    ['with spaces', (code: string) => ` ${code.replaceAll('-', ' ')} `],
  ])('G19 are taken %s', async (_, spell) => {
    const her = await ann();
    expect((await signIn(her, spell(her.codes[0] ?? ''))).status).toBe(200);
  });

  it.each([
    ['with its end missing', (code: string) => code.slice(0, -1)],
    ['with more at its end', (code: string) => `${code}A`],
    ['with a wrong end', (code: string) => code.slice(0, -1) + (code.endsWith('0') ? '1' : '0')],
    ['that is empty', () => ''],
    ['that is left out', () => undefined],
    ['that is a wildcard', () => '%'],
  ])('G19 are refused %s', async (_, spoil) => {
    const her = await ann();
    expectProblem(await signIn(her, spoil(her.codes[0] ?? '')), 401, 'invalid_code');
    expect(await left(her)).toBe(10);
  });

  it('G07 are good for their owner alone', async () => {
    const [her, him] = [await ann(), await ann()];
    expectProblem(await signIn(him, her.codes[0]), 401, 'invalid_code');
    expect([await left(her), await left(him)]).toEqual([10, 10]);
  });

  it('are replaced all at once, and those of before open nothing any more', async () => {
    const her = await ann();
    await signIn(her, her.codes[0]);
    const { status, body } = await her.client.post<Codes>(CODES);
    expect(status).toBe(200);
    expect(new Set([...body.recoveryCodes, ...her.codes]).size).toBe(20);
    expect(await left(her)).toBe(10);
    expectProblem(await signIn(her, her.codes[1]), 401, 'invalid_code');
    expect((await signIn(her, body.recoveryCodes[0])).status).toBe(200);
    expect((await her.client.me()).status).toBe(200);
    await test.outbox.about(her.email, 'You have new recovery codes');
  });

  it('are not made for who has no factor', async () => {
    const { client } = await make.signedIn();
    const answer = await changingNoRow(test, () => client.post(CODES));
    expectProblem(answer, 409, 'no_second_factor');
  });

  it('are no proof of their own once the last factor is gone', async () => {
    const her = await ann();
    const { challengeToken } = await challengeOf(her);
    await her.client.send({ method: 'DELETE', url: `${BASE}/totp` });
    expect(await left(her)).toBe(0);
    const late = await make.client.post('/v1/auth/login/two-factor', {
      challengeToken,
      method: 'recovery_code',
      code: her.codes[0],
    });
    expectProblem(late, 401, 'challenge_expired');
  });

  it('open the calls that change factors, for who has lost her phone', async () => {
    const her = await ann();
    const { body } = await signIn(her, her.codes[0]);
    const client = make.client.as(body.accessToken);
    const { app } = await enroll(test, client, { replace: true });
    expect(app.secret).not.toEqual(her.app.secret);
    expect(await left(her)).toBe(9);
  });

  it('stand in the database as hashes', async () => {
    const her = await ann();
    const rows = await test.database.query<{ t: string }[]>(
      'SELECT t::text FROM recovery_codes t WHERE user_id = $1',
      [her.user.id],
    );
    const text = rows.map(({ t }) => t).join('\n');
    expect(rows).toHaveLength(10);
    for (const code of her.codes) {
      for (const spelling of [code, code.replaceAll('-', '')]) {
        expect(text).not.toContain(spelling);
        expect(text).not.toContain(Buffer.from(spelling).toString('hex'));
      }
    }
    expect(test.logged.join('\n')).not.toContain(her.codes[0]);
  });
});
