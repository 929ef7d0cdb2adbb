import { TotpFactor } from '../../src/two-factor/totp/totp-factor.entity.js';
import { LogBook } from '../support/audit.js';
import { type Authenticator, enroll } from '../support/authenticator.js';
import { Browser } from '../support/browser.js';
import { type Client } from '../support/client.js';
import { Make, type MadeUser } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const BASE = '/v1/users/me/two-factor';
const TOTP = `${BASE}/totp`;
const CODES = `${BASE}/recovery-codes`;
const LATER = 301;

describe('An authenticator app that is replaced or removed', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp({ environment: { ACCESS_TOKEN_TTL: '3600' } });
    make = new Make(test);
  });
  afterAll(() => test.close());

  const enrolled = async (given: Parameters<Make['signedIn']>[0] = {}) => {
    const her = await make.signedIn(given);
    return { ...her, ...(await enroll(test, her.client)) };
  };
  const remove = (client: Client) => client.send({ method: 'DELETE', url: TOTP });
  const challengeOf = async ({ email, password }: MadeUser) => {
    const { body } = await make.client.post<{ challengeToken: string }>('/v1/auth/login', {
      email,
      password,
    });
    return body.challengeToken;
  };
  const complete = (challengeToken: string, code: string) =>
    make.client.post<{ accessToken: string }>('/v1/auth/login/two-factor', {
      challengeToken,
      method: 'totp',
      code,
    });
  const signIn = async (her: MadeUser & { app: Authenticator }) => {
    const { body } = await complete(await challengeOf(her), her.app.nextCode());
    return make.client.as(body.accessToken);
  };
  const levelOf = async (client: Client) => (await client.get<{ level: string }>(BASE)).body.level;
  const secretOf = async ({ user }: MadeUser) =>
    (await test.database.getRepository(TotpFactor).findOneBy({ userId: user.id }))?.sealedSecret;

  it('opens nothing any more, and neither do the recovery codes', async () => {
    const her = await enrolled();
    expect((await remove(her.client)).status).toBe(204);
    expect((await her.client.get(BASE)).body).toEqual({
      totp: null,
      passkeys: 0,
      recoveryCodesLeft: 0,
      required: false,
      dueAt: null,
      level: 'aal1',
    });
    const { body } = await make.client.login(her.email, her.password);
    expect(body.accessToken).toBeDefined();
    expectProblem(await remove(her.client), 404, 'not_found');
  });

  it('lowers every session, and ends none', async () => {
    const her = await enrolled();
    const other = await signIn(her);
    expect(await levelOf(other)).toBe('aal2');
    await remove(her.client);
    expect([await levelOf(her.client), await levelOf(other)]).toEqual(['aal1', 'aal1']);
  });

  it('ends sign-ins that wait for it', async () => {
    const her = await enrolled();
    const challenge = await challengeOf(her);
    await remove(her.client);
    expectProblem(await complete(challenge, her.app.nextCode()), 401, 'challenge_expired');
  });

  it('is in the log book, and mailed to its owner', async () => {
    const her = await enrolled();
    await remove(her.client);
    await test.outbox.about(her.email, 'A second factor was removed');
    const words = await (await LogBook.of(test)).words(her.user.id);
    expect(words).toContain('second_factor_removed success');
  });

  it('G08 is set up anew only if it is said, and stays until the new one is confirmed', async () => {
    const her = await enrolled();
    const before = await secretOf(her);
    const refused = await changingNoRow(test, () => her.client.post(TOTP, {}));
    expectProblem(refused, 409, 'totp_enrolled');
    expect((await her.client.post(TOTP, { replace: true })).status).toBe(200);
    expect(await secretOf(her)).toEqual(before);
    expect((await complete(await challengeOf(her), her.app.nextCode())).status).toBe(200);
  });

  it('is replaced by one that was confirmed: its own codes are over, the recovery codes stay', async () => {
    const her = await enrolled();
    const other = await signIn(her);
    const { app, recoveryCodes } = await enroll(test, her.client, { replace: true });
    expect(recoveryCodes).toBeNull();
    expectProblem(await complete(await challengeOf(her), her.app.nextCode()), 401, 'invalid_code');
    expect((await complete(await challengeOf(her), app.nextCode())).status).toBe(200);
    expect((await her.client.get(BASE)).body).toMatchObject({ recoveryCodesLeft: 10 });
    // What was proved by the former one is proved no longer.
    expect([await levelOf(her.client), await levelOf(other)]).toEqual(['aal2', 'aal1']);
  });

  it('G08 cannot be replaced by who was let in to set one up while another was confirmed', async () => {
    const her = await make.signedIn();
    await her.client.post(TOTP, {});
    await enroll(test, her.client);
    expectProblem(
      await her.client.post(`${TOTP}/confirm`, { code: '000000' }),
      409,
      'totp_not_begun',
    );
  });

  describe('takes a fresh proof by a second factor:', () => {
    const CALLS = [
      ['removing it', 'DELETE', TOTP],
      ['replacing it', 'POST', TOTP],
      ['confirming another one', 'POST', `${TOTP}/confirm`],
      ['new recovery codes', 'POST', CODES],
    ] as const;

    it.each(CALLS)('G10 %s', async (_, method, url) => {
      const her = await enrolled();
      test.clock.forward(LATER);
      const call = () =>
        her.client.send({
          method,
          url,
          headers: { 'content-type': 'application/json' },
          payload: JSON.stringify(url.endsWith('confirm') ? { code: '123456' } : {}),
        });
      expectProblem(await changingNoRow(test, call), 403, 'reauthentication_required');
      await her.client.post('/v1/auth/reauthenticate', { password: her.password });
      const answer = await changingNoRow(test, call);
      expectProblem(answer, 403, 'reauthentication_required');
      expect((answer.body as { detail: string }).detail).toContain('totp');
      await her.client.post('/v1/auth/reauthenticate', { code: her.app.nextCode() });
      expect((await call()).status).not.toBe(403);
    });

    it.each(CALLS)(
      'G08 G10 %s with a cookie alone, as a foreign page has it',
      async (_, method, url) => {
        const her = await make.user();
        const browser = new Browser(test);
        await browser.signIn(her);
        await enroll(test, browser);
        const answer = await changingNoRow(test, () => browser.send({ method, url, body: {} }));
        expectProblem(answer, 403, 'csrf_failed');
      },
    );

    it.each(CALLS)('G08 %s with the token of a half sign-in', async (_, method, url) => {
      const her = await enrolled();
      const half = make.client.as(await challengeOf(her));
      const call = () =>
        half.send({
          method,
          url,
          headers: { 'content-type': 'application/json' },
          payload: '{}',
        });
      expectProblem(await changingNoRow(test, call), 401, 'invalid_token');
    });
  });

  it('G01 takes no proof by the code that it was confirmed with', async () => {
    const her = await enrolled();
    test.clock.forward(LATER);
    const code = her.app.code();
    const again = (client: Client) => client.post('/v1/auth/reauthenticate', { code });
    expect((await again(her.client)).status).toBe(204);
    expectProblem(await again(her.client), 401, 'invalid_code');
    expectProblem(await complete(await challengeOf(her), code), 401, 'invalid_code');
  });

  it('T76 is nobody else’s to remove', async () => {
    const her = await enrolled();
    const him = await make.signedIn();
    expectProblem(await changingNoRow(test, () => remove(him.client)), 404, 'not_found');
    expect(await secretOf(her)).toBeDefined();
  });
});

describe('An authenticator app that somebody must have', () => {
  it('G31 stays, if it is the last factor; a new one may take its place', async () => {
    const test = await startTestApp();
    const make = new Make(test);
    const her = await make.signedIn({ isStaff: true });
    await enroll(test, her.client);
    const strict = await startTestApp({ environment: { TWO_FACTOR_REQUIRED_FOR: 'staff' } });
    const { client } = new Make(strict);
    const hers = client.as(her.token);
    const answer = await changingNoRow(strict, () => hers.send({ method: 'DELETE', url: TOTP }));
    expectProblem(answer, 409, 'second_factor_demanded');
    expect((await hers.get(BASE)).body).toMatchObject({ required: true, recoveryCodesLeft: 10 });
    await enroll(strict, hers, { replace: true });
    await strict.close();
    await test.close();
  });
});
