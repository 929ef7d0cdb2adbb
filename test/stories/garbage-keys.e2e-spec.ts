import { makeKey } from '../support/api-keys.js';
import { Client } from '../support/client.js';
import { Make } from '../support/make.js';
import { statementsOf } from '../support/queries.js';
import { RawHttp } from '../support/raw-http.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

/** On a real connection what is no key is refused before anything is routed; `inject` takes the way through the door. */
describe.each([{}, { CORS_ORIGINS: 'https://app.example.com' }])(
  'What cannot be an API key, on the wire (%p)',
  (environment) => {
    let test: TestApp;
    let http: RawHttp;
    let key: string;

    beforeAll(async () => {
      test = await startTestApp({ environment });
      http = await RawHttp.open(test);
      key = (await makeKey(test, (await new Make(test).user()).user.id)).key;
    });
    afterAll(() => test.close());

    const ask = (line: string, ...headers: readonly string[]) =>
      http.ask([line, 'Host: a', 'Connection: close', ...headers, '', ''].join('\r\n'));

    it.each(['', 'x', 'gh_test_', 'a'.repeat(4000)])(
      'is told what the door says: %#',
      async (text) => {
        const wire = await ask('GET /v1/users/me HTTP/1.1', `X-API-Key: ${text}`);
        const injected = await new Client(test).withKey(text).me();
        const told = ({
          status,
          headers,
          body,
        }: Pick<typeof injected, 'status' | 'headers' | 'body'>) => {
          const {
            date,
            connection,
            'x-request-id': id,
            'content-length': length,
            ...rest
          } = headers;
          expect([date, id, length].every((each) => each !== undefined)).toBe(true);
          expect(body).toMatchObject({ requestId: id });
          return {
            status,
            headers: { ...rest, connection: connection && 'any' },
            body: { ...(body as object), requestId: '' },
          };
        };
        const expected = told(injected);
        expect(told(wire)).toEqual({
          ...expected,
          headers: { ...expected.headers, connection: 'any' },
        });
        expect(wire.status).toBe(401);
      },
    );

    it('costs the database nothing, whatever is called with it', async () => {
      const mistyped = `${key.slice(0, -1)}${key.endsWith('0') ? '1' : '0'}`;
      const statements = await statementsOf(async () => {
        for (const line of ['GET /health/ready', 'POST /v1/auth/login', 'GET /v1/nothing']) {
          expect((await ask(`${line} HTTP/1.1`, `X-API-Key: ${mistyped}`)).status).toBe(401);
        }
      });
      expect(statements).toEqual([]);
    });

    it('beside another credential is one too many', async () => {
      const line = 'GET /v1/users/me HTTP/1.1';
      const answers = [
        await ask(line, 'X-API-Key: x', 'Authorization: Bearer x'),
        await ask(line, 'X-API-Key: x', 'X-API-Key: x'),
        await ask(line, 'X-API-Key: x', `X-API-Key: ${key}`),
      ];
      for (const { status, body } of answers) {
        expect({ status, body }).toMatchObject({
          status: 400,
          body: { code: 'ambiguous_credentials' },
        });
      }
    });

    it('does not stand in the way of a key that is one', async () => {
      const { status } = await ask('GET /v1/users/me HTTP/1.1', `X-API-Key: ${key}`);
      expect(status).toBe(200);
    });

    it('is in the log by number', async () => {
      await ask('GET /v1/users/me HTTP/1.1', 'X-API-Key: x');
      await new Promise((resolve) => setTimeout(resolve, 1200));
      expect(
        test.logged.some((line) => line.includes('Requests with API keys that are none')),
      ).toBe(true);
      expect(test.logged.join('')).not.toContain(key);
    });
  },
);
