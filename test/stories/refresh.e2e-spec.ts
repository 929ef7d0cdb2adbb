import { OpaqueToken } from '../../src/common/opaque-token.js';
import { KeyRing } from '../../src/config/key-ring.js';
import { Postman } from '../../src/mail/postman.js';
import { RefreshToken } from '../../src/sessions/refresh-token.js';
import { SessionsService } from '../../src/sessions/sessions.service.js';
import type { TokensDto } from '../../src/sessions/tokens.dto.js';
import { type Answer, Client } from '../support/client.js';
import { behindItsBack } from '../support/heard.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const DAY = 86_400;

/** Security catalogue 4.F. */
describe('A refresh token', () => {
  let test: TestApp;
  let make: Make;

  beforeEach(async () => {
    test = await startTestApp();
    make = new Make(test);
  });
  afterEach(async () => {
    await test.app.get(Postman, { strict: false }).idle(); // its mails are nobody else's business
    await test.close();
  });

  const refresh = (refreshToken: unknown, more = {}): Promise<Answer<Required<TokensDto>>> =>
    make.client.post('/v1/auth/refresh', { refreshToken, ...more });
  const signedIn = async () => {
    const made = await make.user();
    const { body } = await make.client.login(made.email, made.password);
    return { ...made, token: body.refreshToken, client: new Client(test, body.accessToken) };
  };
  /** The token after so many rotations. */
  const rotated = async (token: string, times: number): Promise<string> => {
    let newest = token;
    for (let i = 0; i < times; i++) newest = (await refresh(newest)).body.refreshToken;
    return newest;
  };

  it('gives a new pair, and the session stays the same', async () => {
    const { token, email, user } = await signedIn();
    const { status, body } = await refresh(token);
    expect(status).toBe(200);
    expect(Object.keys(body).sort()).toEqual([
      'accessToken',
      'expiresIn',
      'refreshExpiresIn',
      'refreshToken',
      'tokenType',
    ]);
    expect(body.refreshToken).not.toBe(token);
    expect((await new Client(test, body.accessToken).me()).body).toMatchObject({ email });
    const [row] = await test.database.query<{ count: number }[]>(
      'SELECT count(*)::int AS count FROM sessions WHERE user_id = $1',
      [user.id],
    );
    expect(row?.count).toBe(1);
  });

  it('F01 shown again too late ends its session, and its owner is told once', async () => {
    const { token, client, email, password } = await signedIn();
    const other = await make.client.login(email, password);
    const newest = await rotated(token, 1);
    test.clock.forward(test.settings.refreshGrace + 1);
    expectProblem(await refresh(token), 401, 'refresh_token_reused');
    expectProblem(await refresh(token), 401, 'invalid_token');
    expectProblem(await refresh(newest), 401, 'invalid_token');
    expectProblem(await client.me(), 401, 'invalid_token');
    expect((await refresh(other.body.refreshToken)).status).toBe(200);
    const mails = await test.outbox.waitFor(email, 2);
    expect(mails.map(({ subject }) => subject)).toEqual([
      'A sign-in from a new device',
      'One of your sign-ins was ended',
    ]);
    const audit = test.logged.filter((line) => line.includes('audit refresh_token_reused'));
    expect(audit).toHaveLength(1);
    expect(audit[0]).not.toContain(token.slice(-20));
  });

  it('repeated within the grace gets the very same successor, which is not prolonged', async () => {
    const { token } = await signedIn();
    const { body } = await refresh(token);
    for (const seconds of [0, 10, 9]) {
      test.clock.forward(seconds);
      const again = await refresh(token);
      expect(again).toMatchObject({ status: 200, body: { refreshToken: body.refreshToken } });
      expect(await new Client(test, again.body.accessToken).me()).toMatchObject({ status: 200 });
    }
    test.clock.forward(2);
    expectProblem(await refresh(token), 401, 'refresh_token_reused');
  });

  it('gets its successor from a server that was started anew', async () => {
    const { token } = await signedIn();
    const { body } = await refresh(token);
    await test.close();
    test = await startTestApp();
    make = new Make(test);
    expect(await refresh(token)).toMatchObject({ body: { refreshToken: body.refreshToken } });
    expect(await refresh(body.refreshToken)).toMatchObject({ status: 200 });
  });

  it('F04 five generations old ends the session, also within the grace', async () => {
    const { token, client } = await signedIn();
    const newest = await rotated(token, 5);
    expectProblem(await refresh(token), 401, 'refresh_token_reused');
    expectProblem(await refresh(newest), 401, 'invalid_token');
    expectProblem(await client.me(), 401, 'invalid_token');
  });

  it('that somebody made up of a known session ends nothing', async () => {
    const { token, client } = await signedIn();
    const ring = test.app.get(KeyRing, { strict: false });
    const { opaque } = RefreshToken.parse('ghr', token) ?? {};
    const fake = OpaqueToken.issue('ghr', opaque?.id);
    const stolenSeal = `${fake.reveal()}_${token.split('_').at(-1)}`;
    const elsewhere = new KeyRing([Buffer.alloc(32, 7)]);
    for (const made of [stolenSeal, RefreshToken.of(fake, elsewhere).reveal()]) {
      await changingNoRow(test, async () => {
        expectProblem(await refresh(made), 401, 'invalid_token');
      });
    }
    expect(await client.me()).toMatchObject({ status: 200 });
    expect((await refresh(token)).status).toBe(200);
    expect(RefreshToken.of(fake, ring).isGenuine(ring)).toBe(true);
  });

  it.each(['logout', 'password_reset', 'user_deactivated'] as const)(
    'F05 is dead after %s',
    async (event) => {
      const { token, user } = await signedIn();
      const [row] = await test.database.query<{ id: string }[]>(
        'SELECT id FROM sessions WHERE user_id = $1',
        [user.id],
      );
      const whose = { userId: user.id, sessionId: row?.id ?? '' };
      await test.app.get(SessionsService, { strict: false }).endFor(event, whose);
      expectProblem(await refresh(token), 401, 'invalid_token');
    },
  );

  it('F05 is dead while its owner is not active, whatever the row says', async () => {
    const { token, user } = await signedIn();
    await test.database.query('ALTER TABLE users DISABLE TRIGGER users_deactivated');
    await behindItsBack(test, 'UPDATE users SET is_active = false WHERE id = $1', [user.id]);
    await test.database.query('ALTER TABLE users ENABLE TRIGGER users_deactivated');
    expectProblem(await refresh(token), 401, 'invalid_token');
  });

  it('F07 used daily carries the session to its absolute end', async () => {
    let { token } = await signedIn();
    for (let day = 1; day < 14; day++) {
      test.clock.forward(DAY);
      const { status, body } = await refresh(token);
      expect(status).toBe(200);
      expect(Math.abs(body.refreshExpiresIn - (14 - day) * DAY)).toBeLessThan(60);
      token = body.refreshToken;
    }
    test.clock.forward(DAY + 1);
    expectProblem(await refresh(token), 401, 'session_expired');
  });

  it.each([
    { scope: 'all' },
    { aud: 'other' },
    { userId: '1' },
    { exp: 9_999_999_999 },
    { sessionId: '1' },
  ])('F10 is not spent by a call that asks for more: %p', async (more) => {
    const { token } = await signedIn();
    await changingNoRow(test, async () => {
      expectProblem(await refresh(token, more), 400, 'validation_failed');
    });
    expect((await refresh(token)).status).toBe(200);
  });

  it.each([1, true, null, [], {}, ['ghr_x'], 'x'.repeat(600)])('is no %p', async (value) => {
    expectProblem(await refresh(value), 400, 'validation_failed');
  });

  it.each(['', ' ', 'ghr_', 'ghr_a_b', 'null', "' OR 1=1 --", 'ghr_é_ü', 'undefined'])(
    'is not %p',
    async (value) => {
      expectProblem(await refresh(value), 401, 'invalid_token');
    },
  );

  it('F11, E11 is nothing else, and nothing else is one', async () => {
    const { token, client, email, password } = await signedIn();
    const { body } = await make.client.login(email, password);
    expectProblem(await client.as(token).me(), 401, 'invalid_token');
    expectProblem(await refresh(body.accessToken.slice(0, 500)), 401, 'invalid_token');
    expectProblem(await refresh(OpaqueToken.issue('ghs').reveal()), 401, 'invalid_token');
    const asCookie = { cookie: `session=${token}` };
    const answer = await make.client.send({
      method: 'GET',
      url: '/v1/users/me',
      headers: asCookie,
    });
    expectProblem(answer, 401, 'invalid_token');
  });

  it('stands nowhere as it is', async () => {
    const { token } = await signedIn();
    const next = await rotated(token, 1);
    const rows = JSON.stringify(await test.database.query('SELECT * FROM sessions'));
    for (const secret of [token, next].map((text) => text.split('_')[2]?.slice(0, 40) ?? '')) {
      expect(rows + test.logged.join('')).not.toContain(secret);
    }
  });
});

it('F08 A refresh token that lies unused too long opens nothing', async () => {
  const test = await startTestApp({ environment: { SESSION_IDLE_TIMEOUT: '3600' } });
  const make = new Make(test);
  const { email, password } = await make.user();
  const { body } = await make.client.login(email, password);
  test.clock.forward(3590);
  const next = await make.client.post<TokensDto>('/v1/auth/refresh', {
    refreshToken: body.refreshToken,
  });
  expect(next.status).toBe(200);
  test.clock.forward(3601);
  const { refreshToken } = next.body;
  const late = await make.client.post('/v1/auth/refresh', { refreshToken });
  expectProblem(late, 401, 'session_expired');
  await test.close();
});
