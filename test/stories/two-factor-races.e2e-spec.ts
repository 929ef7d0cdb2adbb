import { type Authenticator, appOf, enroll, type TotpSetUp } from '../support/authenticator.js';
import type { Answer } from '../support/client.js';
import { Make, type MadeUser } from '../support/make.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const BASE = '/v1/users/me/two-factor';
const AT_ONCE = 50;
const ROUNDS = 4;

describe('Fifty at once', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp({
      environment: { ACCESS_TOKEN_TTL: '3600', MAILS_PER_RECIPIENT: '100' },
    });
    make = new Make(test);
  });
  afterAll(() => test.close());

  const atOnce = async (call: (i: number) => Promise<Answer>) => {
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, (_, i) => call(i)));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status >= 500)).toEqual([]);
    return statuses.filter((status) => status < 300).length;
  };
  const inRounds = async (round: () => Promise<number>) => {
    const successes: number[] = [];
    for (let i = 0; i < ROUNDS; i++) successes.push(await round());
    return successes;
  };
  const one = Array.from({ length: ROUNDS }, () => 1);
  const ann = async () => {
    const her = await make.signedIn();
    const { app, recoveryCodes } = await enroll(test, her.client);
    return { ...her, app, codes: recoveryCodes ?? [] };
  };
  const challengesOf = async ({ email, password }: MadeUser, count = AT_ONCE) => {
    const tokens: string[] = [];
    for (let i = 0; i < count; i++) {
      const { body } = await make.client.post<{ challengeToken: string }>('/v1/auth/login', {
        email,
        password,
      });
      tokens.push(body.challengeToken);
    }
    return tokens;
  };
  const complete = (challengeToken: string | undefined, method: string, code: string | undefined) =>
    make.client.post('/v1/auth/login/two-factor', { challengeToken, method, code });

  it('G02 sign in with the same code, one of them', async () => {
    const successes = await inRounds(async () => {
      const her = await ann();
      const challenges = await challengesOf(her);
      const code = her.app.nextCode();
      return atOnce((i) => complete(challenges[i], 'totp', code));
    });
    expect(successes).toEqual(one);
  });

  it('G02 prove it again with the same code, one of them', async () => {
    const successes = await inRounds(async () => {
      const { client, app } = await ann();
      const code = app.nextCode();
      return atOnce(() => client.post('/v1/auth/reauthenticate', { code }));
    });
    expect(successes).toEqual(one);
  });

  it('G02 show the same code for different things, one of them', async () => {
    const successes = await inRounds(async () => {
      const her = await ann();
      const challenges = await challengesOf(her);
      const code = her.app.nextCode();
      return atOnce((i) =>
        i % 2 === 0
          ? complete(challenges[i], 'totp', code)
          : her.client.post('/v1/auth/reauthenticate', { code }),
      );
    });
    expect(successes).toEqual(one);
  });

  it('confirm the same app, one of them', async () => {
    const successes = await inRounds(async () => {
      const her = await make.signedIn();
      const { body } = await her.client.post<TotpSetUp>(`${BASE}/totp`, {});
      const code = appOf(test, body).code();
      const count = await atOnce(() => her.client.post(`${BASE}/totp/confirm`, { code }));
      const [row] = await test.database.query<{ codes: number }[]>(
        'SELECT count(*)::int AS codes FROM recovery_codes WHERE user_id = $1',
        [her.user.id],
      );
      expect(row?.codes).toBe(10);
      return count;
    });
    expect(successes).toEqual(one);
  });

  it('T75 sign in with the same recovery code, one of them', async () => {
    const successes = await inRounds(async () => {
      const her = await ann();
      const challenges = await challengesOf(her);
      const count = await atOnce((i) => complete(challenges[i], 'recovery_code', her.codes[0]));
      expect((await her.client.get(BASE)).body).toMatchObject({ recoveryCodesLeft: 9 });
      return count;
    });
    expect(successes).toEqual(one);
  });

  it('G16 sign in with a recovery code each: each is told of with a number of its own', async () => {
    const her = await ann();
    const challenges = await challengesOf(her, 8);
    const answers = await Promise.all(
      challenges.map((token, i) => complete(token, 'recovery_code', her.codes[i])),
    );
    expect(answers.map(({ status }) => status)).toEqual(challenges.map(() => 200));
    expect((await her.client.get(BASE)).body).toMatchObject({ recoveryCodesLeft: 2 });
    // one of the factor, and of each sign-in one of its code and one of its device
    const mails = await test.outbox.waitFor(her.email, 1 + 2 * challenges.length);
    const told = mails.flatMap(({ text }) => /Still good: (\d+)/.exec(text)?.[1] ?? []);
    expect(told.sort()).toEqual(['2', '3', '4', '5', '6', '7', '8', '9']);
  });

  it('G16 sign in with two recovery codes, two of them, and no code comes back', async () => {
    const her = await ann();
    const challenges = await challengesOf(her);
    const [first, second] = her.codes;
    const count = await atOnce((i) =>
      complete(challenges[i], 'recovery_code', i % 2 === 0 ? first : second),
    );
    expect(count).toBe(2);
    const { body } = await her.client.get(BASE);
    expect(body).toMatchObject({ recoveryCodesLeft: 8 });
  });

  it('make new recovery codes while one is used: neither undoes the other', async () => {
    for (let i = 0; i < ROUNDS; i++) {
      const her = await ann();
      const challenges = await challengesOf(her, 10);
      const [made] = await Promise.all([
        her.client.post<{ recoveryCodes: string[] }>(`${BASE}/recovery-codes`),
        ...challenges.map((token, k) => complete(token, 'recovery_code', her.codes[k])),
      ]);
      expect(made.status).toBe(200);
      const { body } = await her.client.get(BASE);
      expect(body).toMatchObject({ recoveryCodesLeft: 10 });
      const [late] = await challengesOf(her, 1);
      const [code] = made.body.recoveryCodes;
      expect((await complete(late, 'recovery_code', code)).status).toBe(200);
    }
  });

  it('remove the app, one of them', async () => {
    const her = await ann();
    const remove = () => her.client.send({ method: 'DELETE', url: `${BASE}/totp` });
    expect(await atOnce(remove)).toBe(1);
  });

  it('an app that is removed while it is proved leaves no session of level two', async () => {
    for (let i = 0; i < ROUNDS; i++) {
      const her: MadeUser & { client: Make['client']; app: Authenticator } = await ann();
      const challenges = await challengesOf(her, 5);
      const code = her.app.nextCode();
      await Promise.all([
        her.client.send({ method: 'DELETE', url: `${BASE}/totp` }),
        ...challenges.map((token) => complete(token, 'totp', code)),
      ]);
      const [row] = await test.database.query<{ raised: number }[]>(
        'SELECT count(*)::int AS raised FROM sessions WHERE user_id = $1 AND two_factor_at IS NOT NULL',
        [her.user.id],
      );
      expect(row?.raised).toBe(0);
    }
  });
});
