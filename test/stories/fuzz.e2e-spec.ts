import * as fc from 'fast-check';
import { type BodyRoute, bodyRoutes } from '../support/api.js';
import type { Client } from '../support/client.js';
import { Make } from '../support/make.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

/** Security catalogue 4.M26, in small: whatever JSON comes, the answer is one that is documented. */
describe('Random bodies', () => {
  let test: TestApp;
  let signedIn: Client;
  let routes: BodyRoute[];

  beforeAll(async () => {
    test = await startTestApp({ environment: { LOG_LEVEL: 'error' } });
    signedIn = (await new Make(test).signedIn({ isSuperuser: true })).client;
    routes = await bodyRoutes(test);
  });
  afterAll(() => test.close());

  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom(
      '',
      '\0',
      '\ud800',
      'ann@example.com',
      'null',
      '-1',
      '1e400',
      '\u202e',
      '%',
      "'",
    ),
    fc.emailAddress(),
  );
  const names = fc.oneof(
    fc.constantFrom('__proto__', 'constructor', 'toString', 'then', 'id', 'isSuperuser', 'length'),
    text,
  );
  const value = fc.oneof(text, fc.jsonValue({ maxDepth: 4 }), fc.double(), fc.constant(null));

  /** Somewhere between a true body of this route and noise. */
  const bodyOf = ({ example }: BodyRoute) =>
    fc.oneof(
      fc.jsonValue(),
      fc
        .tuple(
          fc.subarray(Object.keys(example)),
          fc.dictionary(fc.constantFrom(...Object.keys(example)), value),
          fc.dictionary(names, value, { maxKeys: 2 }),
        )
        .map(([kept, changed, added]) => ({
          ...Object.fromEntries(kept.map((name) => [name, example[name]])),
          ...changed,
          ...added,
        })),
    );

  const isDocumented = (status: number, type: string): boolean =>
    status < 300
      ? type === '' || type.startsWith('application/json')
      : status >= 400 && status < 500 && type.startsWith('application/problem+json');

  it('are answered or refused, and never break anything', async () => {
    for (const route of routes) {
      const { method, url } = route;
      await fc.assert(
        fc.asyncProperty(bodyOf(route), async (body) => {
          const headers = { 'content-type': 'application/json' };
          const payload = JSON.stringify(body);
          const client = route.needsLogin ? signedIn : new Make(test).client;
          const answer = await client.send({ method, url, headers, payload });
          const type = String(answer.headers['content-type'] ?? '');
          expect([url, answer.status, isDocumented(answer.status, type)]).toEqual([
            url,
            answer.status,
            true,
          ]);
        }),
        { numRuns: 150 },
      );
    }
    expect(test.logged).toEqual([]);
  }, 120_000);

  it('of bytes are, too', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
      fc.json().map((json) => Buffer.from(json.slice(0, -1))),
      fc
        .string({ unit: fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '1', '\\', 'u') })
        .map((noise) => Buffer.from(noise)),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...routes),
        bytes,
        async ({ method, url, needsLogin }, payload) => {
          const headers = { 'content-type': 'application/json' };
          const client = needsLogin ? signedIn : new Make(test).client;
          const answer = await client.send({ method, url, headers, payload });
          expect(answer.status).toBe(400);
          expect(answer.headers['content-type']).toContain('application/problem+json');
        },
      ),
      { numRuns: 300 },
    );
  });
});
