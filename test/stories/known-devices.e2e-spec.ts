import { SignInAttempts } from '../../src/login/sign-in-attempts.service.js';
import { Browser } from '../support/browser.js';
import { HashMeter } from '../support/hash-work.js';
import { Make, type MadeUser } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const WRONG = 'not what she has chosen';

/** A device that signed in before is not a stranger: nobody can lock its owner out, and its sign-in is no news. */
describe('A device that signed in before', () => {
  let test: TestApp;
  let make: Make;
  let hashing: HashMeter;

  beforeAll(async () => {
    test = await startTestApp({
      environment: { LOGIN_FAILURES_PER_ACCOUNT: '5', LOGIN_FAILURES_PER_ADDRESS: '50' },
    });
    make = new Make(test);
    hashing = new HashMeter(test);
  });
  afterAll(() => test.close());

  const signIn = (email: string, password: string, deviceToken?: string) =>
    make.client.post<{ deviceToken: string; accessToken: string }>('/v1/auth/login', {
      email,
      password,
      ...(deviceToken !== undefined && { deviceToken }),
    });
  /** Somebody whose app holds the token of a sign-in. */
  const someDevice = async (): Promise<MadeUser & { deviceToken: string }> => {
    const made = await make.user();
    const { body } = await signIn(made.email, made.password);
    return { ...made, deviceToken: body.deviceToken };
  };
  const hammer = async (email: string) => {
    for (let i = 0; i < 6; i++) await signIn(email, WRONG);
    expectProblem(await signIn(email, WRONG), 429, 'too_many_attempts');
  };

  describe('for the first time', () => {
    it('is told to the owner: when, from where, with what', async () => {
      const { email, password } = await make.user();
      await signIn(email, password);
      const answer = await make.client.send({
        method: 'POST',
        url: '/v1/auth/login',
        headers: {
          'content-type': 'application/json',
          'user-agent':
            'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0 click http://evil.example',
        },
        payload: JSON.stringify({ email, password }),
      });
      expect(answer.status).toBe(200);
      const [mail] = await test.outbox.waitFor(email);
      expect(mail?.subject).toMatch(/new device/i);
      expect(mail?.text).toContain('127.0.0.1');
      expect(mail?.text).toContain('Firefox, Linux');
      expect(mail?.text).toMatch(/When: .*\d\d:\d\d/);
      expect(mail?.text).toMatch(/not you/);
      expect(mail?.text).not.toContain('evil');
    });

    it('is no news at the first sign-in of all, nor on a device that is known', async () => {
      const { email, password, deviceToken } = await someDevice();
      await signIn(email, password, deviceToken);
      await signIn(email, password);
      await test.outbox.waitFor(email);
      expect(test.outbox.to(email)).toHaveLength(1);
    });

    it('is told of when the right password was guessed, and of nothing else', async () => {
      const { email, password } = await someDevice();
      await signIn(email, WRONG);
      await signIn(email, password);
      await test.outbox.waitFor(email);
      expect(test.outbox.to(email)).toHaveLength(1);
    });
  });

  it('gets its owner in while strangers hammer', async () => {
    const { email, password, deviceToken } = await someDevice();
    await hammer(email);
    expectProblem(await signIn(email, password), 429, 'too_many_attempts');
    expect((await signIn(email, password, deviceToken)).status).toBe(200);
    // Which gives those who hammer nothing back.
    expectProblem(await signIn(email, WRONG), 429, 'too_many_attempts');
  });

  it('gets her in even after strangers have used up the last of their failures', async () => {
    const { email, password, deviceToken } = await someDevice();
    for (let i = 0; i < 190; i++) {
      const { headers } = await signIn(email, WRONG);
      test.clock.forward(Number(headers['retry-after'] ?? 20));
    }
    hashing.take();
    expectProblem(await signIn(email, password), 429, 'too_many_attempts');
    expect(hashing.take()).toEqual([]);
    expect((await signIn(email, password, deviceToken)).status).toBe(200);
  });

  it('gets her in though her address has failed too often', async () => {
    const { email, password, deviceToken } = await someDevice();
    const fail = () => make.user().then((other) => signIn(other.email, WRONG));
    for (let i = 0; i < 51; i++) await fail();
    expectProblem(await fail(), 429, 'too_many_attempts');
    expect((await signIn(email, password, deviceToken)).status).toBe(200);
    test.clock.forward(900);
  });

  it('B01 has a budget of its own: with that of strangers never more than 100 are tried', async () => {
    const { email, password, deviceToken } = await someDevice();
    hashing.take();
    for (let i = 0; i < 250; i++) {
      const { headers } = await signIn(email, WRONG, i % 2 === 0 ? deviceToken : undefined);
      test.clock.forward(Number(headers['retry-after'] ?? 20));
    }
    expect(hashing.take().length).toBeLessThanOrEqual(100);
    test.clock.forward(86_400);
    for (const token of [deviceToken, undefined]) {
      expectProblem(await signIn(email, password, token), 429, 'too_many_attempts');
    }
    expect(hashing.take()).toEqual([]);
  });

  it('waits like anybody after five failures of its own', async () => {
    const { email, password, deviceToken } = await someDevice();
    for (let i = 0; i < 5; i++) {
      expect((await signIn(email, WRONG, deviceToken)).status).toBe(401);
    }
    expectProblem(await signIn(email, password, deviceToken), 429, 'too_many_attempts');
    test.clock.forward(900);
    expect((await signIn(email, password, deviceToken)).status).toBe(200);
  });

  it.each<[string, (token: string, other: string) => string]>([
    ['of somebody else', (_, other) => other],
    [
      'whose secret was changed',
      (token) => token.replace(/.(?=.{10}$)/, (c) => (c === 'a' ? 'b' : 'a')),
    ],
    ['that is none', () => 'device'],
    ['that is empty', () => ''],
  ])('is a stranger with a token %s', async (_, forge) => {
    const { email, password, deviceToken } = await someDevice();
    const other = await someDevice();
    await hammer(email);
    const shown = forge(deviceToken, other.deviceToken);
    expectProblem(await signIn(email, password, shown), 429, 'too_many_attempts');
    test.clock.forward(900);
  });

  it('is a stranger once a new password was chosen by mail, and nothing is held against the account', async () => {
    const { email, password, user, deviceToken } = await someDevice();
    await hammer(email);
    const attempts = test.app.get(SignInAttempts, { strict: false });
    await test.database.transaction((manager) => attempts.startOver(manager, user));
    await hammer(email);
    expectProblem(await signIn(email, password, deviceToken), 429, 'too_many_attempts');
    await test.database.transaction((manager) => attempts.startOver(manager, user));
    expect((await signIn(email, password)).status).toBe(200);
  });

  it('keeps its token from one sign-in to the next', async () => {
    const { email, password, deviceToken } = await someDevice();
    const again = await signIn(email, password, deviceToken);
    expect(again.body.deviceToken).toBe(deviceToken);
  });

  it('opens nothing by its token', async () => {
    const { deviceToken } = await someDevice();
    expect((await make.client.as(deviceToken).me()).status).toBe(401);
    const refresh = await make.client.post('/v1/auth/refresh', { refreshToken: deviceToken });
    expect(refresh.status).toBe(401);
  });

  it('is remembered with the hash of its token alone, fifty of them at most', async () => {
    const { email, password, user, deviceToken } = await someDevice();
    for (let i = 0; i < 55; i++) expect((await signIn(email, password)).status).toBe(200);
    const rows = await test.database.query<object[]>(
      'SELECT * FROM known_devices WHERE user_id = $1',
      [user.id],
    );
    expect(rows).toHaveLength(50);
    expect(JSON.stringify(rows)).not.toContain(deviceToken);
    await hammer(email);
    expectProblem(await signIn(email, password, deviceToken), 429, 'too_many_attempts');
    test.clock.forward(900);
  });

  describe('as a browser', () => {
    it('is known by a cookie that outlives its session', async () => {
      const made = await make.user();
      const browser = new Browser(test);
      const { headers, body } = await browser.signIn(made);
      const line = [headers['set-cookie']]
        .flat()
        .find((each) => String(each).startsWith('device='));
      expect(line).toMatch(/^device=ghn_\w+; Path=\/; Max-Age=31536000; SameSite=Lax; HttpOnly$/);
      expect(body).not.toHaveProperty('deviceToken');
      await browser.post('/v1/auth/logout');
      expect(browser.cookie('device')).toBeDefined();
      await hammer(made.email);
      expect((await browser.signIn(made)).status).toBe(200);
    });

    it('is a stranger that shows two', async () => {
      const made = await make.user();
      const browser = new Browser(test);
      await browser.signIn(made);
      await hammer(made.email);
      const device = browser.cookie('device') ?? '';
      const answer = await make.client.send({
        method: 'POST',
        url: '/v1/auth/login',
        headers: {
          'content-type': 'application/json',
          cookie: `device=${device}; device=${device}`,
        },
        payload: JSON.stringify({ email: made.email, password: made.password }),
      });
      expectProblem(answer, 429, 'too_many_attempts');
    });
  });

  it('is a stranger after a year', async () => {
    const { email, password, deviceToken } = await someDevice();
    test.clock.forward(366 * 86_400);
    await hammer(email);
    expectProblem(await signIn(email, password, deviceToken), 429, 'too_many_attempts');
  });
});

it('Over TLS a device is known by a cookie of this host alone', async () => {
  const test = await startTestApp({ environment: { PUBLIC_URL: 'https://auth.example.com' } });
  const made = await new Make(test).user();
  const { headers } = await new Browser(test).signIn(made);
  await test.close();
  const lines = [headers['set-cookie']].flat().map(String);
  expect(lines.find((line) => line.includes('device='))).toMatch(
    /^__Host-device=ghn_\w+; Path=\/; Max-Age=31536000; SameSite=Lax; HttpOnly; Secure$/,
  );
});
