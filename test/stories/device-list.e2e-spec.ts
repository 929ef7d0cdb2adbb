import type { SessionPageDto } from '../../src/account/me/my-sessions.dto.js';
import { Browser } from '../support/browser.js';
import type { Client } from '../support/client.js';
import { Make } from '../support/make.js';
import { complaintsOf, expectProblem } from '../support/problems.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const URL = '/v1/users/me/sessions';

/** ASVS 7.5.2. */
describe('The list of devices', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
  });
  afterAll(() => test.close());

  const list = async (client: Pick<Client, 'get'>, query = '') =>
    (await client.get<SessionPageDto>(`${URL}${query}`)).body;
  const remove = (client: Client, id = '') =>
    client.send({ method: 'DELETE', url: id === '' ? URL : `${URL}/${id}` });
  const signIn = (made: { email: string; password: string }, more: object, headers = {}) =>
    make.client.send<{ accessToken: string; session: { id: string } }>({
      method: 'POST',
      url: '/v1/auth/login',
      headers: { 'content-type': 'application/json', ...headers },
      payload: JSON.stringify({ email: made.email, password: made.password, ...more }),
    });

  it('ASVS 7.5.2 has exactly these fields, of which none carries a session', async () => {
    const { client } = await make.signedIn();
    const { text, body, headers } = await client.get<SessionPageDto>(URL);
    expect(Object.keys(body.items[0] ?? {})).toEqual(
      'id createdAt lastSeenAt expiresAt ip userAgent deviceName transport current'.split(' '),
    );
    expect(text).not.toMatch(/gh[a-z]_|hash|secret|salt|data/i);
    expect(headers['cache-control']).toBe('no-store');
  });

  it('is somebody’s own', async () => {
    expectProblem(await make.client.get(URL), 401, 'not_authenticated');
    expectProblem(await remove(make.client), 401, 'not_authenticated');
  });

  it('names a device as its user and its client do, harmlessly', async () => {
    const { client, ...made } = await make.signedIn();
    const deviceName = `Zoë’s <b>"phone"</b> 📱`;
    await signIn(made, { deviceName }, { 'user-agent': `x\u0085<i>${'a'.repeat(600)}` });
    const [device] = (await list(client)).items;
    expect(device?.deviceName).toBe(deviceName);
    expect(device?.userAgent).toMatch(/^x<i>a+$/);
    expect(device?.userAgent).toHaveLength(512);
  });

  it.each([
    ['a'.repeat(101), 'deviceName too_long'],
    ['two\nlines', 'deviceName'],
    [7, 'deviceName'],
  ])('takes no name such as %p', async (deviceName, complaint) => {
    const answer = await signIn(await make.user(), { deviceName });
    expectProblem(answer, 400, 'validation_failed');
    expect(complaintsOf(answer)).toEqual([expect.stringContaining(complaint)]);
  });

  it('leaves out what is over, swept or not', async () => {
    const { client, user } = await make.signedIn();
    await test.database.query(
      `INSERT INTO sessions (id, user_id, methods, authenticated_at, created_at, last_seen_at, expires_at, transport, refresh_hash)
       SELECT gen_random_uuid(), $1, '{pwd}', $2, $2, $2, $2, 'token', '\\x00' FROM generate_series(1, 3)`,
      [user.id, test.clock.now()],
    );
    expect((await list(client)).items).toHaveLength(1);
  });

  describe('page by page', () => {
    it('is the same list for pages of every size', async () => {
      const { client, ...made } = await make.signedIn();
      for (let i = 0; i < 5; i++) await signIn(made, {});
      const whole = (await list(client)).items.map(({ id }) => id);
      expect(whole).toHaveLength(6);
      for (const limit of [1, 2, 3, 5, 6, 7, 200]) {
        const seen: string[] = [];
        let query = `?limit=${limit}`;
        for (let pages = 0; pages < 10; pages++) {
          const { items, nextCursor } = await list(client, query);
          seen.push(...items.map(({ id }) => id));
          if (nextCursor === null) break;
          query = `?limit=${limit}&cursor=${nextCursor}`;
        }
        expect(seen).toEqual(whole);
      }
    });

    it('goes on behind a device that was ended meanwhile', async () => {
      const { client, ...made } = await make.signedIn();
      for (let i = 0; i < 3; i++) await signIn(made, {});
      const whole = (await list(client)).items.map(({ id }) => id);
      const { nextCursor } = await list(client, '?limit=2');
      await remove(client, whole[1]);
      const rest = await list(client, `?limit=2&cursor=${nextCursor}`);
      expect(rest.items.map(({ id }) => id)).toEqual(whole.slice(2));
    });

    it('shows with somebody else’s cursor only one’s own', async () => {
      const [ann, eve] = [await make.signedIn(), await make.signedIn()];
      await signIn(ann, {});
      const { nextCursor } = await list(ann.client, '?limit=1');
      const seen = await list(eve.client, `?cursor=${nextCursor}`);
      const hers = (await list(ann.client)).items.map(({ id }) => id);
      for (const { id } of seen.items) expect(hers).not.toContain(id);
    });

    it.each(['?cursor=a&cursor=b', '?cursor[a]=1', '?limit[]=1', '?limit=1e1', '?limit=%2B5'])(
      'is refused for %s',
      async (query) => {
        const { client } = await make.signedIn();
        expectProblem(await client.get(`${URL}${query}`), 400, 'validation_failed');
      },
    );
  });

  describe('ends', () => {
    it.each([
      ...['1', 'x', 'me', 'null', '..%2f..', 'a'.repeat(90), '01939f5c-7b0a-7c3e-8a51-3f1d2c4b5a6'],
      ...['01939f5c-7b0a-7c3e-8a51-3f1d2c4b5a69', '00000000-0000-0000-0000-000000000000'],
      ...["'%20OR%201=1--", '01939f5c-7b0a-7c3e-8a51-3f1d2c4b5a69%20', '{}', '%F0%9F%93%B1'],
    ])('nothing called %s', async (id) => {
      const { client } = await make.signedIn();
      const answer = await changingNoRow(test, () => remove(client, id));
      expectProblem(answer, 404, 'not_found');
    });

    it('no device of others: it is as if there were none', async () => {
      const [ann, eve] = [await make.signedIn(), await make.signedIn()];
      const [hers] = (await list(ann.client)).items;
      const answer = await changingNoRow(test, () => remove(eve.client, hers?.id));
      expectProblem(answer, 404, 'not_found');
      expect((await ann.client.me()).status).toBe(200);
    });

    it('a device once: the second time it is not there', async () => {
      const { client, ...made } = await make.signedIn();
      const { id } = (await signIn(made, {})).body.session;
      expect((await remove(client, id)).status).toBe(204);
      expectProblem(await remove(client, id), 404, 'not_found');
    });

    it('a browser’s cookie and an app’s tokens alike, at once', async () => {
      const { client, ...made } = await make.signedIn();
      const browser = new Browser(test);
      const { session } = (await browser.signIn(made)).body;
      const app = (await make.client.login(made.email, made.password)).body;
      expect((await browser.me()).status).toBe(200);
      for (const id of [session.id, app.session.id]) await remove(client, id);
      expectProblem(await browser.me(), 401, 'invalid_token');
      expectProblem(await client.as(app.accessToken).me(), 401, 'invalid_token');
      const { refreshToken } = app;
      const late = await make.client.post('/v1/auth/refresh', { refreshToken });
      expectProblem(late, 401, 'invalid_token');
    });

    it('all others for a browser, which keeps its cookie', async () => {
      const { client, ...made } = await make.signedIn();
      const browser = new Browser(test);
      await browser.signIn(made);
      expect((await browser.delete(URL)).status).toBe(204);
      expectProblem(await client.me(), 401, 'invalid_token');
      expect((await list(browser)).items).toMatchObject([{ transport: 'cookie', current: true }]);
      expect((await browser.delete(URL)).status).toBe(204);
      expect((await browser.me()).status).toBe(200);
    });

    it('the browser that asks: its cookie opens nothing any more and goes at the next call', async () => {
      const browser = new Browser(test);
      const { session } = (await browser.signIn(await make.user())).body;
      expect((await browser.delete(`${URL}/${session.id}`)).status).toBe(204);
      expectProblem(await browser.me(), 401, 'invalid_token');
      expect(browser.cookie('session')).toBeUndefined();
    });
  });
});
