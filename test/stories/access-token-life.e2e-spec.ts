import { Client } from '../support/client.js';
import { Forge } from '../support/forge.js';
import { behindItsBack } from '../support/heard.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { RawHttp } from '../support/raw-http.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const expectDead = async (client: Client): Promise<void> => {
  expectProblem(await client.me(), 401, 'invalid_token');
  expectProblem(await client.get('/health/live'), 401, 'invalid_token');
};

// Passport keeps its strategies for the whole process, so of two servers here the later one answers for both:
// each of these stories has one at a time.
describe('The access tokens of a server', () => {
  it('E26 live for ACCESS_TOKEN_TTL and never longer than their session', async () => {
    const environment = { ACCESS_TOKEN_TTL: '3600', SESSION_COOKIE_AGE: '60' };
    const test = await startTestApp({ environment });
    const { token, client } = await new Make(test).signedIn();
    const { claims } = new Forge(test, token);
    expect(Number(claims['exp']) - Number(claims['iat'])).toBeLessThanOrEqual(60);
    test.clock.forward(70);
    await expectDead(client);
    await test.close();
  });

  it('E25 are good to whoever holds one, until its session ends', async () => {
    const test = await startTestApp({ environment: { TRUST_PROXY: '1' } });
    const { token, client } = await new Make(test).signedIn();
    const headers = {
      authorization: `Bearer ${token}`,
      'user-agent': 'another program',
      'x-forwarded-for': '203.0.113.9',
    };
    const thief = () => client.send({ method: 'GET', url: '/v1/users/me', headers });
    expect((await thief()).status).toBe(200);
    await client.post('/v1/auth/logout');
    expectProblem(await thief(), 401, 'invalid_token');
    await test.close();
  });

  it('E22 are not those of another, though both have the same keys', async () => {
    const here = await startTestApp();
    const { token } = await new Make(here).signedIn();
    await here.close();
    const there = await startTestApp({ environment: { PUBLIC_URL: 'http://other.example:3000' } });
    const refused = await new Client(there, token).me();
    expect(refused).toMatchObject({ status: 401, body: { code: 'invalid_token' } });
    await there.close();
    const again = await startTestApp();
    expect(await new Client(again, token).me()).toMatchObject({ status: 200 });
    await again.close();
  });
});

/** Security catalogue 4.E: what a true token says, how long it lives, and how it must be shown. */
describe('An access token', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
  });
  afterAll(() => test.close());

  it('E23 says this and nothing else', async () => {
    const { token, user, email } = await make.signedIn({ firstName: 'Ann', isSuperuser: true });
    const { header, claims, key } = new Forge(test, token);
    expect(header).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: key.kid });
    const [session] = await test.database.query<{ id: string }[]>(
      'SELECT id FROM sessions WHERE user_id = $1',
      [user.id],
    );
    expect(claims).toEqual({
      iss: 'http://localhost:3000',
      aud: 'http://localhost:3000',
      sub: user.id,
      sid: session?.id,
      jti: expect.stringMatching(/^[\da-f-]{36}$/) as string,
      iat: expect.any(Number) as number,
      exp: (claims['iat'] as number) + 300,
      auth_time: expect.any(Number) as number,
      acr: 'aal1',
      amr: ['pwd'],
    });
    expect(JSON.stringify(claims)).not.toContain(email);
  });

  it('ends with its time', async () => {
    const { client, token } = await make.signedIn();
    const { claims, now } = new Forge(test, token);
    test.clock.forward(Number(claims['exp']) - now - 2);
    expect(await client.me()).toMatchObject({ status: 200 });
    test.clock.forward(8);
    await expectDead(client);
  });

  it.each([
    ['the user is deactivated', 'UPDATE users SET is_active = false WHERE id = $1'],
    ['the user is deleted', 'DELETE FROM users WHERE id = $1'],
    ['the session is ended', 'DELETE FROM sessions WHERE user_id = $1'],
    [
      'the session is over',
      "UPDATE sessions SET expires_at = now() - interval '1 year' WHERE user_id = $1",
    ],
  ])('E17 is dead as soon as %s', async (_, statement) => {
    const { client, user } = await make.signedIn();
    const { client: bystander } = await make.signedIn();
    expect(await client.me()).toMatchObject({ status: 200 });
    await behindItsBack(test, statement, [user.id]);
    await expectDead(client);
    expect(await bystander.me()).toMatchObject({ status: 200 });
  });

  it('E11 is no link token, and proves no address', async () => {
    const { client, token } = await make.signedIn();
    const { email } = await make.user({ emailVerifiedAt: null });
    await make.client.post('/v1/auth/email/verification', { email });
    await expectDead(client.as(await test.outbox.tokenFor(email)));
    const answer = await make.client.verify(token.slice(0, 200));
    expectProblem(answer, 400, 'token_invalid');
  });

  it('is dead with any letter of it turned', async () => {
    const { client, token } = await make.signedIn();
    for (let i = 0; i < token.length - 1; i += 7) {
      const turned = token[i] === 'A' ? 'B' : 'A';
      await expectDead(client.as(token.slice(0, i) + turned + token.slice(i + 1)));
    }
  });

  it.each([
    ...['Basic YW5uOnNlY3JldA==', 'Bearer', 'Bearer ', 'Token abc', 'bearer', 'Digest x', ''],
    ...['Bearer a b', 'Bearer a, Bearer b', 'Bearer\ta', 'Bearera', '=', 'null', 'undefined'],
  ])('is not this: %p', async (authorization) => {
    const headers = { authorization };
    for (const url of ['/v1/users/me', '/health/live']) {
      const answer = await make.client.send({ method: 'GET', url, headers });
      expectProblem(answer, 401, 'invalid_token');
    }
  });

  it('is asked for where none is shown', async () => {
    const answer = await make.client.me();
    expectProblem(answer, 401, 'not_authenticated');
    expect(answer.headers['www-authenticate']).toBe('Bearer realm="gatehouse"');
  });

  it.each(['bearer', 'BEARER', 'Bearer  '])('may be introduced by %p', async (scheme) => {
    const { token } = await make.signedIn();
    const headers = { authorization: `${scheme} ${token}` };
    const answer = await make.client.send({ method: 'GET', url: '/v1/users/me', headers });
    expect(answer.status).toBe(200);
  });

  it.each(['query', 'body', 'cookie'])('is not looked for in the %s', async (place) => {
    const { token } = await make.signedIn();
    const payload = place === 'body' ? JSON.stringify({ access_token: token }) : undefined;
    const answer = await make.client.send({
      method: place === 'body' ? 'PATCH' : 'GET',
      url: place === 'query' ? `/v1/users/me?access_token=${token}&token=${token}` : '/v1/users/me',
      headers: {
        ...(place === 'cookie' && { cookie: `access_token=${token}; token=${token}` }),
        ...(payload && { 'content-type': 'application/json' }),
      },
      ...(payload && { payload }),
    });
    expectProblem(answer, 401, 'not_authenticated');
  });

  it('is the only credential of a request', async () => {
    const { token } = await make.signedIn();
    const http = await RawHttp.open(test);
    const ask = (...lines: string[]) =>
      http.ask(
        ['GET /v1/users/me HTTP/1.1', 'Host: a', 'Connection: close', ...lines, '', ''].join(
          '\r\n',
        ),
      );
    const bearer = `Authorization: Bearer ${token}`;
    expect(await ask(bearer)).toMatchObject({ status: 200 });
    for (const second of [
      bearer,
      'authorization: Basic x',
      'X-API-Key: x',
      'x-api-key: ',
      'AUTHORIZATION:',
    ]) {
      expectProblem(await ask(bearer, second), 400, 'ambiguous_credentials');
      expectProblem(await ask(second, bearer), 400, 'ambiguous_credentials');
    }
    expectProblem(await ask('X-API-Key: x', 'X-API-Key: y'), 400, 'ambiguous_credentials');
    expectProblem(await ask('X-API-Key: x'), 401, 'invalid_token');
  });
});
