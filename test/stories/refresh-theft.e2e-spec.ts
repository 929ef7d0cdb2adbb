import { Postman } from '../../src/mail/postman.js';
import type { TokensDto } from '../../src/sessions/tokens.dto.js';
import { type Answer, Client } from '../support/client.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

type Pair = Required<TokensDto>;

/** Two hold the same refresh token: its owner, and somebody who took a copy. */
describe('A stolen refresh token', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
  });
  afterAll(async () => {
    await test.app.get(Postman, { strict: false }).idle();
    await test.close();
  });

  const refresh = (refreshToken: string): Promise<Answer<Pair>> =>
    make.client.post('/v1/auth/refresh', { refreshToken });
  const pairOf = async (refreshToken: string): Promise<Pair> => {
    const { status, body } = await refresh(refreshToken);
    expect(status).toBe(200);
    return body;
  };
  const signedIn = async () => {
    const made = await make.user();
    const { body } = await make.client.login(made.email, made.password);
    return { ...made, first: body, sessionId: body.session.id };
  };
  const me = (accessToken: string) => new Client(test, accessToken).me();
  const graceIsOver = () => {
    test.clock.forward(test.settings.refreshGrace + 1);
  };

  it('F01 is found out when its owner uses hers, whose session then ends', async () => {
    const { first } = await signedIn();
    const thief = await pairOf(first.refreshToken);
    graceIsOver();
    expectProblem(await refresh(first.refreshToken), 401, 'refresh_token_reused');
    expectProblem(await refresh(thief.refreshToken), 401, 'invalid_token');
    expectProblem(await me(thief.accessToken), 401, 'invalid_token');
  });

  it('F01, E17 takes every access token of the session along', async () => {
    const { first } = await signedIn();
    const second = await pairOf(first.refreshToken);
    const third = await pairOf(second.refreshToken);
    const accessTokens = [first, second, third].map(({ accessToken }) => accessToken);
    for (const token of accessTokens) expect(await me(token)).toMatchObject({ status: 200 });
    graceIsOver();
    await refresh(second.refreshToken);
    for (const token of accessTokens) expectProblem(await me(token), 401, 'invalid_token');
  });

  it('F01 leaves the other sessions of its owner alone', async () => {
    const { first, email, password } = await signedIn();
    const phone = (await make.client.login(email, password)).body;
    await pairOf(first.refreshToken);
    graceIsOver();
    expectProblem(await refresh(first.refreshToken), 401, 'refresh_token_reused');
    expect(await me(phone.accessToken)).toMatchObject({ status: 200 });
    await pairOf(phone.refreshToken);
  });

  it('F01 is told to its owner in one mail without a token, however often it comes again', async () => {
    const { first, email } = await signedIn();
    const { refreshToken } = await pairOf(first.refreshToken);
    graceIsOver();
    for (const token of [first.refreshToken, first.refreshToken, refreshToken]) {
      await refresh(token);
    }
    await test.outbox.waitFor(email);
    await test.app.get(Postman, { strict: false }).idle();
    const mails = test.outbox.to(email);
    expect(mails).toHaveLength(1);
    expect(JSON.stringify(mails)).not.toMatch(/gh[a-z]_\w{40}/);
  });

  it('F01 is one audit line that names the session and no secret', async () => {
    const { first, sessionId, user, email } = await signedIn();
    const { refreshToken } = await pairOf(first.refreshToken);
    graceIsOver();
    for (const token of [first.refreshToken, first.refreshToken, refreshToken]) {
      await refresh(token);
    }
    const lines = test.logged.filter(
      (line) => line.includes('audit refresh_token_reused') && line.includes(sessionId),
    );
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(`user=${user.id}`);
    expect(lines[0]).not.toContain(email);
    expect(test.logged.join('')).not.toContain(first.refreshToken.slice(30, 60));
  });

  it('lets its owner sign in again', async () => {
    const { first, email, password } = await signedIn();
    await pairOf(first.refreshToken);
    graceIsOver();
    await refresh(first.refreshToken);
    const { body } = await make.client.login(email, password);
    expect(await me(body.accessToken)).toMatchObject({ status: 200 });
    await pairOf(body.refreshToken);
  });

  it.each([2, 3, 5, 9])('F04 %i generations old is found out within the grace', async (age) => {
    const { first } = await signedIn();
    let newest: Pair = first;
    for (let i = 0; i < age; i++) newest = await pairOf(newest.refreshToken);
    expectProblem(await refresh(first.refreshToken), 401, 'refresh_token_reused');
    expectProblem(await refresh(newest.refreshToken), 401, 'invalid_token');
    expectProblem(await me(newest.accessToken), 401, 'invalid_token');
  });

  it('F04 is found out after ten days of daily use', async () => {
    const { first } = await signedIn();
    let newest: Pair = first;
    for (let day = 1; day <= 10; day++) {
      test.clock.forward(86_400);
      newest = await pairOf(newest.refreshToken);
    }
    expectProblem(await refresh(first.refreshToken), 401, 'refresh_token_reused');
    expectProblem(await refresh(newest.refreshToken), 401, 'invalid_token');
  });

  it('is nobody’s business any more when the session is over anyway', async () => {
    const { first, email } = await signedIn();
    await pairOf(first.refreshToken);
    test.clock.forward(test.settings.refreshTokenTtl + 1);
    await changingNoRow(test, async () => {
      expectProblem(await refresh(first.refreshToken), 401, 'session_expired');
    });
    expect(test.outbox.to(email)).toEqual([]);
  });

  describe('within the grace', () => {
    it('is taken for a lost answer: 30 repeats get one successor', async () => {
      const { first } = await signedIn();
      const { refreshToken } = await pairOf(first.refreshToken);
      for (let i = 0; i < 30; i++) {
        expect((await pairOf(first.refreshToken)).refreshToken).toBe(refreshToken);
      }
      await pairOf(refreshToken);
    });

    it('gets what it gets to the second before it is over', async () => {
      const { first } = await signedIn();
      const { refreshToken } = await pairOf(first.refreshToken);
      test.clock.forward(test.settings.refreshGrace - 1);
      expect((await pairOf(first.refreshToken)).refreshToken).toBe(refreshToken);
    });

    it('T83 gets nothing any more once its successor was used: no second branch', async () => {
      const { first } = await signedIn();
      const second = await pairOf(first.refreshToken);
      await pairOf(second.refreshToken);
      expectProblem(await refresh(first.refreshToken), 401, 'refresh_token_reused');
    });

    it('gets no later end of the grace by repeating', async () => {
      const { first } = await signedIn();
      await pairOf(first.refreshToken);
      for (let i = 0; i < 3; i++) {
        test.clock.forward((test.settings.refreshGrace - 2) / 3);
        await pairOf(first.refreshToken);
      }
      test.clock.forward(3);
      expectProblem(await refresh(first.refreshToken), 401, 'refresh_token_reused');
    });

    it('changes neither the successor nor the time of its making by repeating', async () => {
      const { first, sessionId } = await signedIn();
      await pairOf(first.refreshToken);
      const kept = async () =>
        test.database.query<object[]>(
          `SELECT refresh_hash, refresh_previous_hash, refresh_salt, refreshed_at, expires_at
             FROM sessions WHERE id = $1`,
          [sessionId],
        );
      const before = await kept();
      test.clock.forward(5);
      await pairOf(first.refreshToken);
      expect(await kept()).toEqual(before);
    });
  });
});

it('REFRESH_GRACE=0 lets no refresh token be repeated at all', async () => {
  const test = await startTestApp({ environment: { REFRESH_GRACE: '0' } });
  const { client, user } = { client: new Client(test), user: await new Make(test).user() };
  const { refreshToken } = (await client.login(user.email, user.password)).body;
  expect(await client.post('/v1/auth/refresh', { refreshToken })).toMatchObject({ status: 200 });
  test.clock.forward(0.01);
  const again = await client.post('/v1/auth/refresh', { refreshToken });
  expectProblem(again, 401, 'refresh_token_reused');
  await test.app.get(Postman, { strict: false }).idle();
  await test.close();
});
