import { createPublicKey, type JsonWebKey, verify } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import { RouteTable } from '../../src/auth/route-table.js';
import type { Route } from '../../src/auth/route.js';
import type { Problem } from '../../src/common/problem.js';
import { TwoFactorMarks } from '../../src/permissions/demands/two-factor-marks.service.js';
import { withAuthenticator } from '../support/authenticator.js';
import { Browser } from '../support/browser.js';
import type { Answer, Client } from '../support/client.js';
import { behindItsBack, heard } from '../support/heard.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { resetTokenFor } from '../support/reset-links.js';
import { rightsOf } from '../support/rights.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { claimsOf, marksOf } from '../support/two-factor-policy.js';

const DUE = 'two_factor_enrollment_required';
/** What sets a factor up, what that takes, and what leads out. Whoever adds to it, think twice. */
const OPEN =
  /^(GET \/v1\/users\/me|POST \/v1\/auth\/(reauthenticate|logout\/all)|\w+ \/v1\/(users\/me|auth\/reauthenticate)\/(two-factor|passkey).*)$/;

describe('Who must have a second factor and has none', () => {
  let test: TestApp;
  let make: Make;
  let routes: Route[];

  beforeAll(async () => {
    test = await startTestApp({ environment: { TWO_FACTOR_REQUIRED_FOR: 'staff' } });
    make = new Make(test);
    routes = test.app.get(RouteTable, { strict: false }).routes();
  });
  afterEach(() => marksOf(test).nothing());
  afterAll(() => test.close());

  const nameOf = ({ method, path }: Route) => `${method} ${path}`;
  const closed = () => routes.filter(({ rule }) => rule?.kind !== 'public');
  const isOpen = ({ rule }: Route) => rule?.kind === 'login' && rule.enrollment === true;
  const ask = (client: Pick<Client, 'send'>, { method, path }: Route) => {
    const url = path.replace(/:\w+/g, () => uuidv7());
    const body =
      method === 'GET' ? {} : { headers: { 'content-type': 'application/json' }, payload: '{}' };
    return client.send<Problem | undefined>({ method: method, url, ...body });
  };
  const codes = async (asked: Route[], client: (route: Route) => Pick<Client, 'send'>) => {
    const found: Record<string, string> = {};
    for (const route of asked) {
      const { status, body } = await ask(client(route), route);
      found[nameOf(route)] = `${String(status)} ${body?.code ?? ''}`;
    }
    return found;
  };
  const all = (asked: Route[], expected: string) =>
    Object.fromEntries(asked.map((route) => [nameOf(route), expected]));
  const sessions = (client: Pick<Client, 'get'>): Promise<Answer> =>
    client.get('/v1/users/me/sessions');

  it('is let in to the calls that set one up, and these are all', () => {
    const open = closed().filter(isOpen).map(nameOf);
    expect(open.filter((name) => !OPEN.test(name))).toEqual([]);
    expect(open).toEqual(
      expect.arrayContaining([
        'GET /v1/users/me',
        'POST /v1/auth/reauthenticate',
        'POST /v1/auth/logout/all',
      ]),
    );
  });

  it.each([{ isSuperuser: true }, { isStaff: true }])(
    'finds every other route closed, whatever she holds (%j)',
    async (given) => {
      const { client } = await make.signedIn(given);
      const asked = closed().filter((route) => !isOpen(route));
      expect(await codes(asked, () => client)).toEqual(all(asked, `403 ${DUE}`));
    },
  );

  it('finds them closed with a cookie, too', async () => {
    const browser = new Browser(test);
    await browser.signIn(await make.user({ isSuperuser: true }));
    const cookie = [...browser.cookies].map(([name, { value }]) => `${name}=${value}`).join('; ');
    const headers = { cookie, ...browser.csrf };
    const client = {
      send: <T>(options: Parameters<Client['send']>[0]) =>
        make.client.send<T>({ ...options, headers: { ...options.headers, ...headers } }),
    };
    const asked = closed().filter((route) => !isOpen(route));
    expect(await codes(asked, () => client)).toEqual(all(asked, `403 ${DUE}`));
  });

  it('is not kept from the calls that are open to her', async () => {
    const asked = closed().filter(isOpen);
    for (const route of asked) {
      const { client } = await make.signedIn({ isStaff: true });
      const { body } = await ask(client, route);
      expect({ route: nameOf(route), code: body?.code }).not.toMatchObject({
        code: expect.stringContaining('two_factor_') as string,
      });
    }
  });

  it('can sign out, on this device and on all', async () => {
    const her = await make.signedIn({ isStaff: true });
    expect((await her.client.post('/v1/auth/logout')).status).toBe(204);
    expectProblem(await her.client.me(), 401, 'invalid_token');
    const again = await make.client.login(her.email, her.password);
    const client = make.client.as(again.body.accessToken);
    expect((await client.post('/v1/auth/logout/all')).status).toBe(204);
    expectProblem(await client.me(), 401, 'invalid_token');
  });

  it('G32 stays where she is when she refreshes, or signs in again, or resets her password', async () => {
    const { email, password } = await make.user({ isStaff: true });
    const { body } = await make.client.login(email, password);
    const refreshed = await make.client.post<{ accessToken: string }>('/v1/auth/refresh', {
      refreshToken: body.refreshToken,
    });
    expect(refreshed.status).toBe(200);
    expectProblem(await sessions(make.client.as(refreshed.body.accessToken)), 403, DUE);
    expect(claimsOf(refreshed.body.accessToken)['acr']).toBe('enrollment');

    const token = await resetTokenFor(test, email);
    expect((await make.client.reset(token, 'seven quiet bicycles')).status).toBe(204);
    const anew = await make.client.login(email, 'seven quiet bicycles');
    expect(anew.body.status as string).toBe(DUE);
    expectProblem(await sessions(make.client.as(anew.body.accessToken)), 403, DUE);
  });

  it('gets a token that is not for other services', async () => {
    const [restricted, whole] = [
      (await make.signedIn({ isStaff: true })).token,
      (await make.signedIn()).token,
    ];
    const { body } = await make.client.get<{ keys: (JsonWebKey & { kid: string })[] }>(
      '/.well-known/jwks.json',
    );
    /** Another service, as docs/frontend.md has it: the signature, then who it is for. */
    const takes = (token: string): boolean => {
      const [head = '', payload = '', signature = ''] = token.split('.');
      const { kid } = JSON.parse(Buffer.from(head, 'base64url').toString()) as { kid: string };
      const key = body.keys.find((each) => each.kid === kid);
      const signed = verify(
        'sha256',
        Buffer.from(`${head}.${payload}`),
        {
          key: createPublicKey({ key: key as JsonWebKey, format: 'jwk' }),
          dsaEncoding: 'ieee-p1363',
        },
        Buffer.from(signature, 'base64url'),
      );
      expect(signed).toBe(true);
      return claimsOf(token)['aud'] === 'http://localhost:3000';
    };
    expect([takes(restricted), takes(whole)]).toEqual([false, true]);
  });

  it('is told to show it, once she has one that this session did not prove', async () => {
    const { client, user } = await make.signedIn({ isStaff: true });
    const app = await withAuthenticator(test, user.id);
    expectProblem(await sessions(client), 403, 'two_factor_required');
    const shown = await client.post('/v1/auth/reauthenticate', { code: app.code() });
    expect(shown.status).toBe(204);
    expect((await sessions(client)).status).toBe(200);
  });

  it('is stopped at her next call when she becomes staff, a superuser or a member', async () => {
    const group = await rightsOf(test).group();
    await marksOf(test).group(group.id);
    const ways = [
      'UPDATE users SET is_staff = true WHERE id = $1',
      'UPDATE users SET is_superuser = true WHERE id = $1',
      `INSERT INTO group_members (group_id, user_id, created_at) SELECT '${group.id}', $1, now()`,
    ];
    for (const way of ways) {
      const { client, user } = await make.signedIn();
      expect((await sessions(client)).status).toBe(200);
      await behindItsBack(test, way, [user.id]);
      expectProblem(await sessions(client), 403, DUE);
      expect((await client.me()).status).toBe(200);
    }
  });

  it('is stopped when the group or the permission that she has begins to demand it', async () => {
    const [group, her] = [await rightsOf(test).group(), await make.signedIn()];
    await rightsOf(test).join(group.id, her.user.id);
    await rightsOf(test).give({ type: 'user', id: her.user.id }, 'catalog.add_product');
    expect((await sessions(her.client)).status).toBe(200);
    for (const mark of [
      (on: boolean) => marksOf(test).group(group.id, on),
      (on: boolean) => marksOf(test).permission('catalog.add_product', on),
    ]) {
      await mark(true);
      expectProblem(await sessions(her.client), 403, DUE);
      await mark(false);
      expect((await sessions(her.client)).status).toBe(200);
    }
  });

  it('goes on when what demanded it is over, by itself or by somebody’s hand', async () => {
    const [group, her] = [await rightsOf(test).group(), await make.signedIn()];
    await marksOf(test).group(group.id);
    const soon = new Date(test.clock.millis() + 100_000);
    await rightsOf(test).join(group.id, her.user.id, soon);
    expectProblem(await sessions(her.client), 403, DUE);
    await rightsOf(test).leave(group.id, her.user.id);
    expect((await sessions(her.client)).status).toBe(200);
    await rightsOf(test).join(group.id, her.user.id, soon);
    await heard(test); // so that what the next call finds is remembered by the one after it
    expectProblem(await sessions(her.client), 403, DUE);
    test.clock.forward(100);
    expect((await sessions(her.client)).status).toBe(200);
  });

  it('stays in the session that was opened for enrolment when she is demoted, and signs in anew', async () => {
    const { client, user, email, password } = await make.signedIn({ isStaff: true });
    await behindItsBack(test, 'UPDATE users SET is_staff = false WHERE id = $1', [user.id]);
    expectProblem(await sessions(client), 403, DUE);
    const { body } = await make.client.login(email, password);
    expect(body.status).toBe('authenticated');
    expect((await sessions(make.client.as(body.accessToken))).status).toBe(200);
  });

  it('is not let past when it cannot be told whether one is demanded', async () => {
    const { client } = await make.signedIn();
    const marks = test.app.get(TwoFactorMarks, { strict: false });
    const away = Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
    const remembered = jest.spyOn(marks, 'peek').mockReturnValue(undefined);
    const asked = jest.spyOn(marks, 'find').mockRejectedValue(away);
    expectProblem(await sessions(client), 503, 'service_unavailable');
    asked.mockRestore();
    const read = jest.spyOn(marks, 'read').mockRejectedValue(away);
    const her = await make.user();
    expectProblem(await make.client.login(her.email, her.password), 503, 'service_unavailable');
    read.mockRestore();
    remembered.mockRestore();
    expect((await sessions(client)).status).toBe(200);
  });
});
