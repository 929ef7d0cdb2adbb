import { v7 as uuidv7 } from 'uuid';
import { RouteTable } from '../../src/auth/route-table.js';
import { withAuthenticator } from '../support/authenticator.js';
import { Make } from '../support/make.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { signedInWithCode } from '../support/two-factor-policy.js';

describe('Half a sign-in, where everybody must have a second factor', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp({ environment: { TWO_FACTOR_REQUIRED_FOR: 'all' } });
    make = new Make(test);
  });
  afterAll(() => test.close());

  it('opens everything, once it is whole', async () => {
    const { client } = await signedInWithCode(test, { isSuperuser: true });
    expect((await client.get('/v1/users')).status).toBe(200);
    expect((await client.get('/v1/permissions')).status).toBe(200);
  });

  it('G13, C16 opens no route by its challenge, in whatever place', async () => {
    const { email, password, user } = await make.user({ isSuperuser: true });
    await withAuthenticator(test, user.id);
    const { body } = await make.client.post<{ challengeToken: string }>('/v1/auth/login', {
      email,
      password,
    });
    const challenge = body.challengeToken;
    const routes = test.app.get(RouteTable, { strict: false }).routes();
    for (const { method, path } of routes) {
      const url = path.replace(/:\w+/g, () => uuidv7());
      const bearer = await make.client.as(challenge).send({ method: method, url });
      expect({ path, status: bearer.status }).toEqual({ path, status: 401 });
    }
    for (const { method, path } of routes.filter(({ rule }) => rule?.kind !== 'public')) {
      const url = path.replace(/:\w+/g, () => uuidv7());
      const cookie = `session=${challenge}; refresh=${challenge}`;
      const byCookie = await make.client.send({
        method: method,
        url,
        headers: { cookie },
      });
      expect({ path, refused: [401, 403].includes(byCookie.status) }).toEqual({
        path,
        refused: true,
      });
    }
    const uses = [
      ['/v1/auth/refresh', { refreshToken: challenge }],
      ['/v1/auth/password/reset', { token: challenge, newPassword: 'seven quiet bicycles' }],
      ['/v1/auth/email/verify', { token: challenge }],
    ] as const;
    for (const [url, payload] of uses) {
      const { status } = await make.client.post(url, payload);
      expect({ url, refused: [400, 401].includes(status) }).toEqual({ url, refused: true });
    }
  });
});
