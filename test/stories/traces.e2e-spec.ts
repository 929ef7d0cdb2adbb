import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { trace } from '@opentelemetry/api';
import { GOOD_PASSWORD, Make, someEmail } from '../support/make.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { attributesOf, type ReceivedSpan, TraceReceiver } from '../support/trace-receiver.js';

const SERVER = 2;
const CLIENT = 3;
const FAILED = 2;

describe('Traces', () => {
  let receiver: TraceReceiver;
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    receiver = new TraceReceiver();
    test = await startTestApp({
      environment: {
        OTEL_EXPORTER_OTLP_ENDPOINT: await receiver.start(),
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
        OTEL_SERVICE_NAME: 'our gate',
        OTEL_BSP_SCHEDULE_DELAY: '50',
        DATABASE_POOL: '2',
      },
    });
    make = new Make(test);
  });
  afterAll(async () => {
    await test.close();
    receiver.stop();
  });

  /** All that there is of the request, the request itself first. */
  const traceOf = async (requestId: unknown): Promise<[ReceivedSpan, ...ReceivedSpan[]]> => {
    for (let i = 0; i < 100; i++) {
      const { spans } = receiver;
      const found = spans.find((span) => attributesOf(span)['gatehouse.request_id'] === requestId);
      if (found !== undefined) {
        const { traceId } = found;
        return [found, ...spans.filter((span) => span !== found && span.traceId === traceId)];
      }
      await sleep(50);
    }
    throw new Error('It was not traced');
  };

  it('have a span for each request: route as it is declared, status, and what it was refused for', async () => {
    const { headers } = await make.client.send({
      method: 'DELETE',
      url: '/v1/users/me/sessions/ann%40example.com?really=yes-please',
    });
    const [span] = await traceOf(headers['x-request-id']);
    expect(span).toMatchObject({ name: 'DELETE /v1/users/me/sessions/:id', kind: SERVER });
    expect(attributesOf(span)).toEqual({
      'http.request.method': 'DELETE',
      'http.route': '/v1/users/me/sessions/:id',
      'http.response.status_code': 401,
      'gatehouse.problem_code': 'not_authenticated',
      'gatehouse.request_id': headers['x-request-id'],
    });
    expect(receiver.text).not.toContain('yes-please');
    expect(receiver.resource).toMatchObject({ 'service.name': 'our gate' });
  });

  it('show what a sign-in waits for: its statements, the line before the hashing threads, the hash', async () => {
    const { email, password } = await make.user();
    const { headers } = await make.client.login(email, password);
    const [whole, ...steps] = await traceOf(headers['x-request-id']);
    const names = steps.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['password', 'password check', 'COMMIT']));
    const line = steps.find(({ name }) => name === 'password');
    const hash = steps.find(({ name }) => name === 'password check');
    expect(line?.parentSpanId).toBe(whole.spanId);
    expect(hash?.parentSpanId).toBe(line?.spanId);
    const statement = steps.find((span) =>
      String(attributesOf(span)['db.query.text']).includes('email_canonical'),
    );
    expect(statement).toMatchObject({ kind: CLIENT, parentSpanId: whole.spanId });
    expect(attributesOf(statement!)).toMatchObject({ 'db.system.name': 'postgresql' });
  });

  it('keep requests apart that wait for each other’s connections', async () => {
    const signedIn = await Promise.all(Array.from({ length: 8 }, () => make.signedIn()));
    const asked = await Promise.all(
      signedIn.map(({ client }) => client.get('/v1/users/me/sessions')),
    );
    const traces = await Promise.all(asked.map(({ headers }) => traceOf(headers['x-request-id'])));
    for (const [, ...steps] of traces) {
      const names = steps.map(({ name }) => name);
      for (const own of ['SELECT sessions.by-id', 'SELECT users.active']) {
        expect(names.filter((name) => name === own)).toHaveLength(1);
      }
    }
    expect(new Set(traces.map(([{ traceId }]) => traceId)).size).toBe(8);
  });

  it('follow a request whose body comes later than its head, over a real connection', async () => {
    await test.app.listen(0, '127.0.0.1');
    const { port } = test.app.getHttpServer().address() as AddressInfo;
    const { email } = await make.user();
    const sent = request({ port, method: 'POST', path: '/v1/auth/login' });
    sent.setHeader('content-type', 'application/json');
    sent.flushHeaders();
    await sleep(50);
    sent.end(JSON.stringify({ email, password: 'some-wrong-password' }));
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    answer.resume();
    const [{ spanId }, ...steps] = await traceOf(answer.headers['x-request-id']);
    expect(steps.find(({ name }) => name === 'password')?.parentSpanId).toBe(spanId);
  });

  it('go on where the caller’s trace ends, and take nothing else of hers', async () => {
    const { headers } = await make.client.send({
      url: '/health/live',
      headers: {
        traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
        tracestate: 'vendor=not-for-us',
        baggage: 'who=not-for-us-either',
      },
    });
    const [span] = await traceOf(headers['x-request-id']);
    expect(span).toMatchObject({
      traceId: '0af7651916cd43dd8448eb211c80319c',
      parentSpanId: 'b7ad6b7169203331',
    });
    expect(receiver.text).not.toContain('not-for-us');
  });

  it.each([
    ['nonsense', 'sampled, please'],
    ['all zeros', '00-00000000000000000000000000000000-0000000000000000-01'],
    ['too long', `00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-${'x'.repeat(5000)}`],
  ])('begin anew where the caller’s is %s', async (_, traceparent) => {
    const { status, headers } = await make.client.send({
      url: '/health/live',
      headers: { traceparent },
    });
    expect(status).toBe(200);
    const [span] = await traceOf(headers['x-request-id']);
    expect(span.parentSpanId).toBeFalsy();
    expect(span.traceId).not.toMatch(/^0+$|^0af765/);
  });

  it('leave out what the caller has decided to leave out', async () => {
    const before = receiver.spans.length;
    await make.client.send({
      url: '/health/live',
      headers: { traceparent: '00-1af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00' },
    });
    const { headers } = await make.client.get('/health/live');
    await traceOf(headers['x-request-id']);
    expect(receiver.spans.slice(before).map(({ traceId }) => traceId)).not.toContain(
      '1af7651916cd43dd8448eb211c80319c',
    );
  });

  it('are named in the log, in the line of the request', async () => {
    const { headers } = await make.client.get('/health/live');
    const [span] = await traceOf(headers['x-request-id']);
    const line = test.logged.find(
      (text) => text.includes('"msg":"request"') && text.includes(String(headers['x-request-id'])),
    );
    expect(JSON.parse(line ?? '{}')).toMatchObject({ traceId: span.traceId, status: 200 });
  });

  it('mark as failed what failed for us, not what was refused', async () => {
    const refused = await make.client.login(someEmail(), 'wrong');
    expect((await traceOf(refused.headers['x-request-id']))[0].status.code).not.toBe(FAILED);
    await test.database.query('ALTER TABLE sessions RENAME TO elsewhere');
    const { email, password } = await make.user();
    const failed = await make.client.login(email, password);
    await test.database.query('ALTER TABLE elsewhere RENAME TO sessions');
    expect(failed.status).toBeGreaterThanOrEqual(500);
    const [whole, ...steps] = await traceOf(failed.headers['x-request-id']);
    expect(whole.status.code).toBe(FAILED);
    expect(test.logged.filter((text) => text.includes(whole.traceId)).length).toBeGreaterThan(1);
    expect(steps.map((span) => attributesOf(span)['error.type'])).toContain('42P01');
  });

  it('show mails by their template, each a trace of its own', async () => {
    const email = someEmail();
    await make.client.register(email, GOOD_PASSWORD);
    for (let i = 0; i < 100 && !receiver.spans.some(({ name }) => name === 'mail'); i++) {
      await sleep(50);
    }
    const mail = receiver.spans.find(({ name }) => name === 'mail');
    expect(mail?.parentSpanId).toBeFalsy();
    expect(attributesOf(mail!)).toEqual({ 'gatehouse.mail': 'verify-email' });
  });

  it('hold no password, token, cookie, key, address or name', async () => {
    const { email, password, client, token } = await make.signedIn({
      organization: 'Traceless Limited',
    });
    const cookies = await make.client.post('/v1/auth/login', {
      email,
      password,
      transport: 'cookie',
    });
    const [cookie = ''] = [cookies.headers['set-cookie']].flat();
    const key = await client.post<{ key: string }>('/v1/users/me/api-keys', {
      name: 'of the robot',
      scopes: ['*'],
    });
    const wrong = await make.client.login(email, 'some-wrong-password');
    const { headers } = await client.get('/v1/users/me');
    await traceOf(wrong.headers['x-request-id']);
    await traceOf(headers['x-request-id']);
    const [, jwt = ''] = token.split('.');
    const session = /session=([^;]+)/.exec(cookie)?.[1] ?? 'none was set';
    const secrets = [
      email,
      password,
      'some-wrong-password',
      token,
      jwt,
      session,
      'Traceless Limited',
      'of the robot',
    ];
    if (key.status === 201) secrets.push(key.body.key);
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(7);
      expect(receiver.text).not.toContain(secret);
    }
    expect(receiver.text).not.toMatch(/\$2[aby]\$|bcrypt_sha256\$|127\.0\.0\.1/);
  });

  it('let the code of a team see the span that it is in', () => {
    expect(trace.getTracerProvider()).toBeDefined();
  });
});
