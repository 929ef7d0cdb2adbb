import type { Problem } from '../../src/common/problem.js';
import { bodyRoutes, EXAMPLE_ID } from '../support/api.js';
import type { Answer, Client } from '../support/client.js';
import { Make, someEmail } from '../support/make.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import {
  codesOf,
  type Described,
  type OpenApi,
  operationsIn,
  readDocument,
  shapeOf,
} from './support/document.js';

/** What a caller gets who has misread the documentation of a body. */
const MISREAD = ['validation_failed', 'malformed_json', 'malformed_request', 'not_found'];

/** The code of a phone in an example is nobody's: whoever is told so was understood. */
const misreading = (body: Problem | undefined) =>
  body?.errors?.some(({ code }) => code === 'code_incorrect')
    ? undefined
    : MISREAD.find((code) => code === body?.code);

const json = { 'content-type': 'application/json' };

describe('The examples in the documentation', () => {
  let test: TestApp;
  let client: Client;
  let signedIn: Client;
  let document: OpenApi;
  let operations: Described[];

  beforeAll(async () => {
    test = await startTestApp();
    const make = new Make(test);
    client = make.client;
    ({ client: signedIn } = await make.signedIn({ isSuperuser: true }));
    document = await readDocument(client);
    operations = operationsIn(document);
  });
  afterAll(() => test.close());

  const described = (operationId: string) =>
    operations.find(({ operation }) => operation.operationId === operationId)!;
  const exampleOf = (operationId: string, status: number) =>
    described(operationId).operation.responses[String(status)]?.content?.['application/json']
      ?.example;
  const requestOf = (operationId: string) =>
    described(operationId).operation.requestBody?.content['application/json']?.example as Record<
      string,
      unknown
    >;

  it('of requests are understood by the server', async () => {
    const routes = await bodyRoutes(test);
    expect(routes.length).toBeGreaterThan(5);
    for (const { method, url, example, needsLogin } of routes) {
      const caller = needsLogin ? signedIn : client;
      const { status, body } = await caller.send<Problem | undefined>({
        method,
        url,
        headers: json,
        payload: JSON.stringify(example),
      });
      // The object of an example is not there; whoever may do everything is told so once the body has been read.
      const named = url.includes(EXAMPLE_ID) || JSON.stringify(example).includes(EXAMPLE_ID);
      const absent = named && body?.code === 'not_found';
      if (!absent) expect(misreading(body)).toBeUndefined();
      expect(status).toBeLessThan(500);
    }
  });

  it('of answers have the very fields of the answers', async () => {
    const email = someEmail();
    const registered = await client.post('/v1/auth/register', { ...requestOf('register'), email });
    expect(registered.body).toEqual(exampleOf('register', 202));
    const token = await test.outbox.tokenFor(email);
    expect(await client.verify(token)).toMatchObject({ status: 204, text: '' });

    const login = await client.post<{ accessToken: string }>('/v1/auth/login', {
      ...requestOf('login'),
      email,
    });
    // only of whoever has yet to set up a second factor
    const { twoFactorDueAt, ...example } = exampleOf('login', 200) as Record<string, unknown>;
    expect(shapeOf(twoFactorDueAt)).toBe('string');
    expect(shapeOf(login.body)).toEqual(shapeOf(example));
    const me = client.as(login.body.accessToken);
    expect(shapeOf((await me.me()).body)).toEqual(shapeOf(exampleOf('getMe', 200)));
    const updated = await me.patch('/v1/users/me', requestOf('updateMe'));
    expect(shapeOf(updated.body)).toEqual(shapeOf(exampleOf('updateMe', 200)));

    const jwks = await client.get('/.well-known/jwks.json');
    expect(shapeOf(jwks.body)).toEqual(shapeOf(exampleOf('getJwks', 200)));
  });

  it('of answers that are always the same are the answers', async () => {
    const check = await client.post('/v1/auth/password/check', requestOf('checkPassword'));
    expect(check.body).toEqual(exampleOf('checkPassword', 200));
    expect((await client.get('/health/live')).body).toEqual(exampleOf('getLiveness', 200));
    expect((await client.get('/health/ready')).body).toEqual(exampleOf('getReadiness', 200));
    const resent = await client.post(
      '/v1/auth/email/verification',
      requestOf('resendVerification'),
    );
    expect(resent.body).toEqual(exampleOf('resendVerification', 202));
    const { body: policy } = await client.get<{ validators: unknown[] }>(
      '/v1/auth/password/policy',
    );
    // The tests have BREACH_CHECK=off; the example has the default.
    const { validators } = exampleOf('getPasswordPolicy', 200) as { validators: unknown[] };
    expect(validators.slice(0, -1)).toEqual(policy.validators);
    expect(validators.at(-1)).toMatchObject({ code: 'password_breached' });
  });

  /** Ways to call an operation wrongly, whatever it is. */
  const wrongCalls = async ({ method, path }: Described): Promise<Answer<Problem>[]> => {
    const send = (headers: Record<string, string>, payload?: string) =>
      client.send<Problem>({
        method: method,
        url: path,
        headers,
        ...(payload !== undefined && { payload }),
      });
    const calls = [
      send({}),
      send({ authorization: 'Bearer nonsense' }),
      send({ authorization: 'Bearer nonsense', 'x-api-key': 'nonsense' }),
    ];
    if (method !== 'GET') {
      calls.push(
        send(json, '{}'),
        send(json, '{"email":'),
        send(json, '{"isSuperuser":true}'),
        send({ 'content-type': 'text/plain' }, 'hello'),
        send(json, JSON.stringify({ email: 'x'.repeat(70_000) })),
      );
    }
    return Promise.all(calls);
  };

  it('of failures cover every failure that is met', async () => {
    const met = new Set<string>();
    for (const each of operations) {
      for (const { status, body } of await wrongCalls(each)) {
        if (status < 400) continue;
        met.add(body.code);
        expect([each.name, status, ...codesOf(each.operation, status)]).toContain(body.code);
        expect([each.name, Object.keys(body).sort()]).toEqual([
          each.name,
          Object.keys(problemIn(each, status, body.code)).sort(),
        ]);
      }
    }
    expect([...met].sort()).toEqual([
      'ambiguous_credentials',
      'body_too_large',
      'invalid_token',
      'malformed_json',
      'not_authenticated',
      'not_found', // a provider that is not there
      'unsupported_media_type',
      'validation_failed',
    ]);
  });

  /** The documented example of this code. */
  const problemIn = ({ operation }: Described, status: number, code: string): object => {
    const { examples } = operation.responses[String(status)]!.content!['application/problem+json']!;
    const example = examples![code]!;
    const shared = document.components.examples[example.$ref?.split('/').at(-1) ?? ''];
    return (example.value ?? shared?.value) as object;
  };

  it('of failures are word for word what the server says', async () => {
    const wrong = await client.login(someEmail(), 'a violet rides the tram');
    const { requestId } = wrong.body;
    expect({ ...problemIn(described('login'), 401, 'invalid_credentials'), requestId }).toEqual(
      wrong.body,
    );
    const empty = await client.post<Problem>('/v1/auth/email/verify', {});
    expect({
      ...problemIn(described('verifyEmail'), 400, 'validation_failed'),
      requestId: empty.body.requestId,
    }).toEqual(empty.body);
  });
});

describe('The examples of open registration', () => {
  let test: TestApp;
  let client: Client;

  beforeAll(async () => {
    test = await startTestApp({ environment: { EMAIL_VERIFICATION: 'optional' } });
    client = new Make(test).client;
  });
  afterAll(() => test.close());

  it('are what the server does', async () => {
    const { operation } = operationsIn(await readDocument(client)).find(
      ({ path }) => path === '/v1/auth/register',
    )!;
    const body = {
      ...(operation.requestBody!.content['application/json']!.example as object),
      email: someEmail(),
    };
    const example = operation.responses['201']!.content!['application/json']!.example;
    const { status, body: registered } = await client.post('/v1/auth/register', body);
    expect(status).toBe(201);
    expect(shapeOf(registered)).toEqual(shapeOf(example));
    expect(registered).toMatchObject({ user: { emailVerified: false } });
    expect(example).toMatchObject({ user: { emailVerified: false } });

    const again = await client.post<Problem>('/v1/auth/register', body);
    expect(again.status).toBe(409);
    expect(codesOf(operation, 409)).toEqual([again.body.code]);
  });
});
