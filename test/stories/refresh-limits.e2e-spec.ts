import { SessionsService } from '../../src/sessions/sessions.service.js';
import type { TokensDto } from '../../src/sessions/tokens.dto.js';
import { UsersService } from '../../src/users/users.service.js';
import { type Answer, Client } from '../support/client.js';
import { Make } from '../support/make.js';
import { complaintsOf, expectProblem } from '../support/problems.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

type Pair = Required<TokensDto>;

const claimsOf = (accessToken: string): Record<string, unknown> =>
  JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString()) as Record<
    string,
    unknown
  >;

describe('What refreshing gives', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
  });
  afterAll(() => test.close());

  const refresh = (refreshToken: string, more = {}): Promise<Answer<Pair>> =>
    make.client.post('/v1/auth/refresh', { refreshToken, ...more });
  const signedIn = async () => {
    const made = await make.user();
    const { body } = await make.client.login(made.email, made.password);
    return { ...made, body, token: body.refreshToken, client: new Client(test, body.accessToken) };
  };
  const expectDead = async (token: string) => {
    expectProblem(await refresh(token), 401, 'invalid_token');
  };

  it('a sign-in begins with a pair, of which both are good', async () => {
    const { body, client } = await signedIn();
    expect(body).toMatchObject({
      tokenType: 'Bearer',
      expiresIn: 300,
      refreshExpiresIn: 1_209_600,
    });
    expect(body.refreshToken).toMatch(/^ghr_[\dA-Za-z]{22}_[\dA-Za-z]{49}_[\dA-Za-z]{11}$/);
    expect(await client.me()).toMatchObject({ status: 200 });
    expect(await refresh(body.refreshToken)).toMatchObject({ status: 200 });
  });

  it('the answer is kept by no cache', async () => {
    const { token } = await signedIn();
    expect((await refresh(token)).headers['cache-control']).toContain('no-store');
  });

  it('is another access token of the same session, user and sign-in', async () => {
    const { body, token } = await signedIn();
    test.clock.forward(60);
    const before = claimsOf(body.accessToken);
    const after = claimsOf((await refresh(token)).body.accessToken);
    for (const claim of ['iss', 'aud', 'sub', 'sid', 'amr', 'auth_time']) {
      expect([claim, after[claim]]).toEqual([claim, before[claim]]);
    }
    expect(after['jti']).not.toBe(before['jti']);
    expect(Number(after['iat'])).toBeGreaterThanOrEqual(Number(before['iat']) + 59);
  });

  it('T86 is no fresh proof of who she is, which only proving it again gives', async () => {
    const { body, token, client, password } = await signedIn();
    test.clock.forward(60);
    expect(await client.post('/v1/auth/reauthenticate', { password })).toMatchObject({
      status: 204,
    });
    const { auth_time: before } = claimsOf(body.accessToken);
    const { auth_time: after } = claimsOf((await refresh(token)).body.accessToken);
    expect(Number(after)).toBeGreaterThanOrEqual(Number(before) + 59);
  });

  it('T86 shows a change of the user at once, in the next pair and in the one before', async () => {
    const { token, client, user } = await signedIn();
    const { accessToken } = (await refresh(token)).body;
    await test.database.query('UPDATE users SET first_name = $2 WHERE id = $1', [user.id, 'Zoe']);
    for (const each of [client, new Client(test, accessToken)]) {
      expect((await each.me()).text).toContain('Zoe');
    }
  });

  it.each<[string, (who: Awaited<ReturnType<typeof signedIn>>) => Promise<unknown>]>([
    ['signing out with the access token', ({ client }) => client.post('/v1/auth/logout')],
    [
      'signing out with the refresh token',
      ({ token }) => make.client.post('/v1/auth/logout', { refreshToken: token }),
    ],
    ['signing out everywhere', ({ client }) => client.post('/v1/auth/logout/all')],
    [
      'the reset of the password',
      ({ user }) =>
        test.app
          .get(SessionsService, { strict: false })
          .endFor('password_reset', { userId: user.id }),
    ],
    [
      'the deactivation of its owner',
      ({ user }) =>
        test.database.transaction((manager) =>
          test.app.get(UsersService, { strict: false }).setActive(manager, user.id, false),
        ),
    ],
    [
      'the deletion of its owner',
      ({ user }) => test.database.query('DELETE FROM users WHERE id = $1', [user.id]),
    ],
  ])(
    'F05, T88 is nothing after %s: neither for the newest token nor a used one',
    async (_, end) => {
      const who = await signedIn();
      const newest = (await refresh(who.token)).body.refreshToken;
      await end(who);
      await expectDead(newest);
      await expectDead(who.token);
    },
  );

  it('F05 is nothing after the device was ended from another one', async () => {
    const { token, body, email, password } = await signedIn();
    const other = await make.client.login(email, password);
    const url = `/v1/users/me/sessions/${body.session.id}`;
    const there = new Client(test, other.body.accessToken);
    expect((await there.send({ method: 'DELETE', url })).status).toBe(204);
    await expectDead(token);
    expect(await refresh(other.body.refreshToken)).toMatchObject({ status: 200 });
  });

  it('C22 is never somebody else’s, of 40 who refresh ten times at the same time', async () => {
    const everybody: Awaited<ReturnType<typeof signedIn>>[] = [];
    while (everybody.length < 40) everybody.push(await signedIn());
    await Promise.all(
      everybody.map(async ({ token, email, body: { session } }) => {
        let newest = token;
        for (let i = 0; i < 10; i++) {
          const { body } = await refresh(newest);
          expect(claimsOf(body.accessToken)['sid']).toBe(session.id);
          newest = body.refreshToken;
          const me = await new Client(test, body.accessToken).me();
          expect(me.body).toMatchObject({ email });
        }
      }),
    );
  });

  it.each([
    ['scope', 'admin'],
    ['aud', 'other'],
    ['user_id', '1'],
    ['exp', 9_999_999_999],
    ['accessToken', 'x'],
    ['grant_type', 'refresh_token'],
    ['constructor', {}],
  ])('F10 is not to be widened by %s, which spends nothing', async (name, value) => {
    const { token } = await signedIn();
    await changingNoRow(test, async () => {
      const answer = await refresh(token, { [name]: value });
      expectProblem(answer, 400, 'validation_failed');
      expect(complaintsOf(answer).join()).toContain(name);
    });
    expect(await refresh(token)).toMatchObject({ status: 200 });
  });

  it('F10 asked for in a form or as text is refused, and spends nothing', async () => {
    const { token } = await signedIn();
    for (const type of ['application/x-www-form-urlencoded', 'text/plain']) {
      await changingNoRow(test, async () => {
        const headers = { 'content-type': type };
        const payload = `refreshToken=${token}`;
        const url = '/v1/auth/refresh';
        const { status } = await make.client.send({ method: 'POST', url, headers, payload });
        expect(status).toBe(415);
      });
    }
    expect(await refresh(token)).toMatchObject({ status: 200 });
  });
});

describe('A session that REFRESH_TOKEN_TTL and SESSION_IDLE_TIMEOUT bound', () => {
  const inApp = async (
    environment: Readonly<Record<string, string>>,
    story: (
      test: TestApp,
      first: Pair,
      next: (token: string) => Promise<Answer<Pair>>,
    ) => Promise<void>,
  ) => {
    const test = await startTestApp({ environment });
    const make = new Make(test);
    const { email, password } = await make.user();
    const { body } = await make.client.login(email, password);
    await story(test, body, (refreshToken) =>
      make.client.post('/v1/auth/refresh', { refreshToken }),
    );
    await test.close();
  };

  it('F07 ends at its absolute end, and the last access token with it', () =>
    inApp({ REFRESH_TOKEN_TTL: '3600' }, async (test, first, next) => {
      expect(first.refreshExpiresIn).toBe(3600);
      test.clock.forward(3500);
      const { body } = await next(first.refreshToken);
      expect(body.refreshExpiresIn).toBeLessThanOrEqual(100);
      expect(body.expiresIn).toBeLessThanOrEqual(100);
      test.clock.forward(101);
      expectProblem(await next(body.refreshToken), 401, 'session_expired');
      expectProblem(await new Client(test, body.accessToken).me(), 401, 'invalid_token');
    }));

  it('F07 ends no later than SESSION_COOKIE_AGE allows', () =>
    inApp({ SESSION_COOKIE_AGE: '1800' }, async (test, first, next) => {
      expect(first.refreshExpiresIn).toBe(1800);
      test.clock.forward(1801);
      expectProblem(await next(first.refreshToken), 401, 'session_expired');
    }));

  it('F08 ends when it lies unused, also for a token that is repeated', () =>
    inApp({ SESSION_IDLE_TIMEOUT: '600', REFRESH_GRACE: '60' }, async (test, first, next) => {
      test.clock.forward(590);
      const { body } = await next(first.refreshToken);
      test.clock.forward(601);
      expectProblem(await next(body.refreshToken), 401, 'session_expired');
      expect((await next(first.refreshToken)).status).toBe(401);
    }));

  it('F08 goes on while it is refreshed, but never past its absolute end', () =>
    inApp({ SESSION_IDLE_TIMEOUT: '600', REFRESH_TOKEN_TTL: '1800' }, async (test, first, next) => {
      let token = first.refreshToken;
      for (let i = 1; i <= 3; i++) {
        test.clock.forward(590);
        const { status, body } = await next(token);
        expect(status).toBe(200);
        token = body.refreshToken;
      }
      test.clock.forward(40);
      expectProblem(await next(token), 401, 'session_expired');
    }));
});
