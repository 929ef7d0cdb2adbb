import { Controller, Module, Post } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { LoginRequired } from '../../src/access/access.decorators.js';
import { SessionsService } from '../../src/sessions/sessions.service.js';
import type { TokensDto } from '../../src/sessions/tokens.dto.js';
import { UsersService } from '../../src/users/users.service.js';
import { Browser } from '../support/browser.js';
import { behindItsBack } from '../support/heard.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

@Controller('v1/safe')
class SafeController {
  @Post('open')
  @LoginRequired({ recent: true })
  open(): { open: true } {
    return { open: true };
  }
}

@Module({ controllers: [SafeController] })
class SafeModule {}

const WINDOW = 300;
const OPEN = '/v1/safe/open';
const PROVE = '/v1/auth/reauthenticate';

/** ASVS 7.2.4 and 7.5.1. */
describe('The window for sensitive calls', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    const environment = { ACCESS_TOKEN_TTL: '3600', HASH_QUEUE: '100' };
    test = await startTestApp({ imports: [SafeModule], environment });
    make = new Make(test);
  });
  afterAll(() => test.close());

  const withBrowser = async () => {
    const made = await make.user();
    const browser = new Browser(test);
    const { body } = await browser.signIn(made);
    return { ...made, browser, id: body.session.id };
  };
  const meWith = (value: string | undefined) =>
    make.client.send({
      method: 'GET',
      url: '/v1/users/me',
      headers: { cookie: `session=${value}` },
    });

  it('ASVS 7.5.1 is open to the end and shut after it, whatever carries the session', async () => {
    const [{ client }, { browser }] = [await make.signedIn(), await withBrowser()];
    test.clock.forward(WINDOW - 5);
    for (const answer of [await client.post(OPEN), await browser.post(OPEN)]) {
      expect(answer.status).toBe(201);
    }
    test.clock.forward(6);
    for (const answer of [await client.post(OPEN), await browser.post(OPEN)]) {
      expectProblem(answer, 403, 'reauthentication_required');
    }
  });

  it('is not opened by refreshing', async () => {
    const { email, password } = await make.user();
    const { refreshToken } = (await make.client.login(email, password)).body;
    test.clock.forward(WINDOW + 1);
    const { body } = await make.client.post<TokensDto>('/v1/auth/refresh', { refreshToken });
    const answer = await make.client.as(body.accessToken).post(OPEN);
    expectProblem(answer, 403, 'reauthentication_required');
  });

  it('is opened for one session alone', async () => {
    const { email, password, client } = await make.signedIn();
    const other = client.as((await make.client.login(email, password)).body.accessToken);
    test.clock.forward(WINDOW + 1);
    expect((await client.post(PROVE, { password })).status).toBe(204);
    expect((await client.post(OPEN)).status).toBe(201);
    expectProblem(await other.post(OPEN), 403, 'reauthentication_required');
  });

  it('opened with a JWT leaves its token, and those that follow, as they are', async () => {
    const { email, password } = await make.user();
    const { accessToken, refreshToken } = (await make.client.login(email, password)).body;
    const client = make.client.as(accessToken);
    test.clock.forward(WINDOW + 1);
    const answer = await client.post(PROVE, { password });
    expect(answer).toMatchObject({ status: 204, text: '' });
    expect(answer.headers['set-cookie']).toBeUndefined();
    const { body } = await make.client.post<TokensDto>('/v1/auth/refresh', { refreshToken });
    for (const each of [client, client.as(body.accessToken)]) {
      expect((await each.post(OPEN)).status).toBe(201);
    }
  });

  it('stays shut for a wrong password, which changes nothing at all', async () => {
    const { browser, id } = await withBrowser();
    const cookie = browser.cookie('session');
    test.clock.forward(WINDOW + 1);
    const answer = await changingNoRow(test, () => browser.post(PROVE, { password: 'wrong' }));
    expectProblem(answer, 401, 'invalid_credentials');
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(browser.cookie('session')).toBe(cookie);
    expectProblem(await browser.post(OPEN), 403, 'reauthentication_required');
    expect((await browser.get('/v1/users/me/sessions')).body).toMatchObject({ items: [{ id }] });
  });

  it('is opened from our own pages alone', async () => {
    const { browser, password } = await withBrowser();
    const call = { method: 'POST', url: PROVE, body: { password } } as const;
    for (const headers of [{}, { ...browser.csrf, origin: 'https://evil.example.com' }]) {
      const answer = await changingNoRow(test, () => browser.send({ ...call, headers }));
      expectProblem(answer, 403, 'csrf_failed');
    }
  });

  it('ASVS 7.2.4 makes a new cookie for the same session, which lives no longer for it', async () => {
    const { browser, password, id } = await withBrowser();
    const former = browser.cookie('session');
    test.clock.forward(86_400);
    const answer = await browser.post(PROVE, { password });
    const [line = ''] = [answer.headers['set-cookie']].flat().map(String);
    const age = Number(/Max-Age=(\d+)/.exec(line)?.[1]);
    expect(age).toBeLessThanOrEqual(1_209_600 - 86_400);
    expect(age).toBeGreaterThan(1_209_600 - 86_400 - 60);
    expect(line).toMatch(/^session=ghs_\w+; Path=\/; Max-Age=\d+; SameSite=Lax; HttpOnly$/);
    const { body } = await browser.get('/v1/users/me/sessions');
    expect(body).toMatchObject({ items: [{ id, current: true }] });
    expectProblem(await meWith(former), 401, 'invalid_token');
  });

  it('raced by 20 leaves one cookie alive, and it is one that was handed out', async () => {
    const { browser, password } = await withBrowser();
    const headers = { ...browser.csrf, cookie: `session=${browser.cookie('session')}` };
    const former = browser.cookie('session');
    const answers = await Promise.all(
      Array.from({ length: 20 }, () =>
        make.client.send({
          method: 'POST',
          url: PROVE,
          headers: { ...headers, 'content-type': 'application/json' },
          payload: JSON.stringify({ password }),
        }),
      ),
    );
    for (const { status } of answers) expect([204, 401]).toContain(status);
    const cookies = answers.flatMap(
      ({ headers: { 'set-cookie': lines } }) =>
        /session=(ghs_\w+)/.exec(String(lines))?.slice(1, 2) ?? [],
    );
    expect(new Set(cookies).size).toBe(cookies.length);
    const statuses = await Promise.all(cookies.map(async (each) => (await meWith(each)).status));
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expectProblem(await meWith(former), 401, 'invalid_token');
  });

  describe('while the password is being looked at', () => {
    const ends: [string, string][] = [
      ['the session ends', 'DELETE FROM sessions WHERE user_id = $1'],
      ['the user is deactivated', 'UPDATE users SET is_active = false WHERE id = $1'],
      ['the user is deleted', 'DELETE FROM users WHERE id = $1'],
      [
        'her password changes',
        "UPDATE users SET credentials_changed_at = now() + interval '1 second' WHERE id = $1",
      ],
    ];
    it.each(ends)('and %s, nobody is given a cookie', async (_, statement) => {
      const { browser, password, user } = await withBrowser();
      const users = test.app.get(UsersService, { strict: false });
      const find = users.findWithSecret.bind(users);
      const spy = jest.spyOn(users, 'findWithSecret').mockImplementation(async (id) => {
        const found = await find(id);
        await behindItsBack(test, statement, [user.id]);
        return found;
      });
      const answer = await browser.post(PROVE, { password });
      spy.mockRestore();
      expectProblem(answer, 401, 'invalid_token');
      expect(String(answer.headers['set-cookie'])).not.toContain('ghs_');
    });
  });

  describe('as the services see it', () => {
    const renew = (...given: Parameters<SessionsService['renew']>) =>
      test.app.get(SessionsService, { strict: false }).renew(...given);

    it('C07 a change of the password ends the others and renews the cookie in one act', async () => {
      const { browser, user, id, email, password } = await withBrowser();
      const other = (await make.client.login(email, password)).body;
      const former = browser.cookie('session');
      const renewal = await test.app.get(DataSource).transaction(async (manager) => {
        const sessions = test.app.get(SessionsService, { strict: false });
        await sessions.endFor('password_changed', { userId: user.id, sessionId: id }, manager);
        return sessions.renew(id, user, manager);
      });
      if (!renewal.lives || renewal.cookie === undefined) throw new Error('It has ended');
      expectProblem(await meWith(former), 401, 'invalid_token');
      expect((await meWith(renewal.cookie.secret.reveal())).status).toBe(200);
      expectProblem(await make.client.as(other.accessToken).me(), 401, 'invalid_token');
    });

    it('ASVS 7.2.4 nothing is renewed for another user, or when it is taken back', async () => {
      const { browser, user, id } = await withBrowser();
      const stranger = await make.user();
      expect(await renew(id, stranger.user)).toEqual({ lives: false });
      const takenBack = test.app.get(DataSource).transaction(async (manager) => {
        await renew(id, user, manager);
        throw new Error('taken back');
      });
      await expect(takenBack).rejects.toThrow('taken back');
      expect((await browser.me()).status).toBe(200);
    });
  });
});
