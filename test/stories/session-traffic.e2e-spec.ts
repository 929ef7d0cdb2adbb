import { Agent, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { SessionPageDto } from '../../src/account/me/my-sessions.dto.js';
import { Browser } from '../support/browser.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const DEVICES = '/v1/users/me/sessions';

describe('A browser with a session cookie', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
  });
  afterAll(() => test.close());

  const signedIn = async () => {
    const made = await make.user();
    const browser = new Browser(test);
    const { body } = await browser.signIn(made);
    return { ...made, browser, id: body.session.id };
  };
  const countOf = async (userId: string): Promise<number | undefined> => {
    const [row] = await test.database.query<{ count: number }[]>(
      'SELECT count(*)::int AS count FROM sessions WHERE user_id = $1',
      [userId],
    );
    return row?.count;
  };

  describe('C22 among others on the same connections', () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 4 });
    afterAll(() => {
      agent.destroy();
    });

    /** The answer's text; undefined: hung up before it came. */
    const ask = (headers: Record<string, string>, hangUpAfter?: number) =>
      new Promise<string | undefined>((resolve) => {
        const { port } = test.app.getHttpServer().address() as AddressInfo;
        const call = request({ port, host: '127.0.0.1', path: '/v1/users/me', agent, headers });
        call.on('error', () => {
          resolve(undefined);
        });
        call.on('response', (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => (text += chunk));
          response.on('close', () => {
            resolve(text);
          });
        });
        call.end();
        if (hangUpAfter !== undefined) setTimeout(() => call.destroy(), hangUpAfter);
      });

    it('is never taken for one of them, though many hang up', async () => {
      await test.app.listen(0, '127.0.0.1');
      const [ann, bob, cid] = [await signedIn(), await signedIn(), await make.signedIn()];
      const people = [
        { email: ann.email, headers: { cookie: `session=${ann.browser.cookie('session')}` } },
        { email: bob.email, headers: { cookie: `session=${bob.browser.cookie('session')}` } },
        { email: cid.email, headers: { authorization: `Bearer ${cid.token}` } },
      ];
      const emails = people.map(({ email }) => email);
      let answered = 0;
      const requests = Array.from({ length: 900 }, async (_, i) => {
        const { email, headers } = people[i % 3]!;
        const text = await ask(headers, i % 20 === 7 ? i % 5 : undefined);
        if (text === undefined || text === '') return;
        answered++;
        expect(emails.filter((each) => text.includes(each))).toEqual([email]);
      });
      await Promise.all(requests);
      expect(answered).toBeGreaterThanOrEqual(850);
    });
  });

  it('C19 acts as the bearer of a token that it sends along, in all that follows', async () => {
    const { browser, id } = await signedIn();
    const other = await make.signedIn();
    const headers = { authorization: `Bearer ${other.token}` };
    const { body } = await browser.send<SessionPageDto>({ method: 'GET', url: DEVICES, headers });
    expect(body.items).toEqual([expect.objectContaining({ transport: 'token', current: true })]);
    const url = `${DEVICES}/${id}`;
    expectProblem(await browser.send({ method: 'DELETE', url, headers }), 404, 'not_found');
    expect(await browser.me()).toMatchObject({ status: 200 });
  });

  it('C01 that was given somebody’s living cookie signs in under a fresh one', async () => {
    const attacker = await signedIn();
    const planted = attacker.browser.cookie('session') ?? '';
    const victim = new Browser(test);
    victim.plant('session', planted);
    const { user, ...credentials } = await make.user();
    const { body } = await victim.signIn(credentials);
    expect(body.session.id).not.toBe(attacker.id);
    expect(victim.cookie('session')).not.toBe(planted);
    expectProblem(await attacker.browser.me(), 401, 'invalid_token');
    expect(await victim.me()).toMatchObject({ body: { id: user.id } });
  });

  it('T21 keeps its session, and gets no other, when it cannot prove to be somebody', async () => {
    const { browser, email, user, id } = await signedIn();
    const answer = await browser.signIn({ email, password: 'not the password' });
    expectProblem(answer, 401, 'invalid_credentials');
    expect(answer.headers['set-cookie']).toBeUndefined();
    expect(await countOf(user.id)).toBe(1);
    const { body } = await browser.get<SessionPageDto>(DEVICES);
    expect(body.items).toMatchObject([{ id, current: true }]);
  });

  it('T31 is none before it signs in: no row and no cookie but the one it asks for', async () => {
    const browser = new Browser(test);
    await changingNoRow(test, async () => {
      for (const url of ['/health/live', '/docs/', '/v1/auth/password/policy', '/v1/none']) {
        expect((await browser.get(url)).headers['set-cookie']).toBeUndefined();
      }
      expect((await browser.me()).status).toBe(401);
      await browser.get('/v1/auth/csrf');
    });
    expect([...browser.cookies.keys()]).toEqual(['XSRF-TOKEN']);
  });

  describe('that is dead', () => {
    const PUBLIC = ['/health/live', '/v1/auth/password/policy', '/v1/auth/csrf'];
    const withDeadCookie = async () => {
      const made = await signedIn();
      const dead = made.browser.cookie('session') ?? '';
      await made.browser.post('/v1/auth/logout');
      made.browser.plant('session', dead);
      return made;
    };

    it('is told so, and the cookies are taken away with the attributes that they had', async () => {
      const { browser } = await withDeadCookie();
      const answer = await browser.me();
      expectProblem(answer, 401, 'invalid_token');
      expect([answer.headers['set-cookie']].flat()).toEqual([
        'session=; Path=/; Max-Age=0; SameSite=Lax; HttpOnly',
        'XSRF-TOKEN=; Path=/; Max-Age=0; SameSite=Lax',
      ]);
      expectProblem(await browser.me(), 401, 'not_authenticated');
    });

    it('is left where it is when its session goes on with another: the browser may have that already', async () => {
      const { browser, password } = await signedIn();
      const former = browser.cookie('session') ?? '';
      await browser.post('/v1/auth/reauthenticate', { password });
      const [next = '', csrf] = [browser.cookie('session'), browser.csrf];
      for (const [method, url, status] of [
        ['GET', '/v1/users/me', 401],
        ['POST', '/v1/auth/logout', 204],
      ] as const) {
        browser.plant('session', former);
        const answer = await browser.send({ method, url, headers: csrf });
        expect(answer.status).toBe(status);
        expect(answer.headers).not.toHaveProperty('set-cookie');
      }
      browser.plant('session', next);
      expect((await browser.me()).status).toBe(200);
    });

    it.each(PUBLIC)('still reads %s', async (url) => {
      const { browser } = await withDeadCookie();
      expect((await browser.get(url)).status).toBe(200);
    });

    it('still signs in, registers and signs out', async () => {
      const { browser, email, password } = await withDeadCookie();
      const registration = { email: `new.${email}`, password: 'some long sentence' };
      expect((await browser.post('/v1/auth/register', registration)).status).toBe(202);
      expect((await browser.post('/v1/auth/logout')).status).toBe(204);
      expect((await browser.signIn({ email, password })).status).toBe(200);
      expect((await browser.me()).status).toBe(200);
    });

    it('of an over session is told session_expired, once', async () => {
      const { browser } = await signedIn();
      test.clock.forward(1_209_600);
      expectProblem(await browser.me(), 401, 'session_expired');
      expectProblem(await browser.me(), 401, 'not_authenticated');
    });
  });
});
