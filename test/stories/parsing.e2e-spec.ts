import { type BodyRoute, bodyRoutes, type Field } from '../support/api.js';
import type { Answer, Client } from '../support/client.js';
import { Make } from '../support/make.js';
import { complaintsOf, expectProblem } from '../support/problems.js';
import { type Rows, rowsOf } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { signedInWithCode } from '../support/two-factor-policy.js';

const JSON_TYPE = 'application/json';
const KIB = 1024;

/** Security catalogue 4.M: whatever is sent, it is refused in one shape, and nothing changes. */
describe('What the server does not read', () => {
  let test: TestApp;
  let routes: BodyRoute[];
  let signedIn: Client;
  let stranger: Client;
  let before: Rows;

  beforeAll(async () => {
    test = await startTestApp({ environment: { ACCESS_TOKEN_TTL: '3600' } });
    stranger = new Make(test).client;
    signedIn = (await signedInWithCode(test, { isSuperuser: true })).client;
    routes = await bodyRoutes(test);
    before = await rowsOf(test);
  });
  afterEach(async () => {
    expect(await rowsOf(test)).toEqual(before);
  });
  afterAll(() => test.close());

  const sendTo = (
    { method, url, needsLogin }: BodyRoute,
    payload: string | Buffer,
    type = JSON_TYPE,
  ): Promise<Answer> =>
    (needsLogin ? signedIn : stranger).send({
      method,
      url,
      payload,
      headers: { 'content-type': type },
    });
  const login = (payload: string | Buffer, type = JSON_TYPE): Promise<Answer> =>
    sendTo(
      routes.find(({ url }) => url === '/v1/auth/login')!,
      payload,
      type,
    );

  it('has routes to be tested on', () => {
    expect(routes.map(({ url }) => url)).toEqual(
      expect.arrayContaining(['/v1/auth/register', '/v1/auth/login', '/v1/users/me']),
    );
  });

  describe.each([
    ...['text/plain', 'text/html', 'text/json', 'application/x-www-form-urlencoded'],
    ...['multipart/form-data; boundary=x', 'application/xml', 'application/octet-stream'],
    ...['application/problem+json', 'application/ld+json', 'application/vnd.api+json'],
    ...['application/json5', 'application/jsonp', 'application/javascript', 'application/*', '*/*'],
    ...['application/json, text/plain', 'application/json/x', 'json', ' ', ';', 'a'.repeat(2000)],
  ])('M01 content type %p', (type) => {
    it('is 415 on every route', async () => {
      for (const route of routes) {
        const answer = await sendTo(route, JSON.stringify(route.example), type);
        expectProblem(answer, 415, 'unsupported_media_type');
      }
    });
  });

  it('M01 a body without a content type is 415', async () => {
    for (const { method, url, example, needsLogin } of routes) {
      const client = needsLogin ? signedIn : stranger;
      const payload = Buffer.from(JSON.stringify(example));
      expectProblem(await client.send({ method, url, payload }), 415, 'unsupported_media_type');
    }
  });

  it.each([
    ...['utf-16', 'utf-16le', 'utf-7', 'latin1', 'iso-8859-1', 'utf-8, latin1', '', 'x'],
    ...['utf-8; charset=utf-16', '"utf-16"'],
  ])('M02 charset %p is 415', async (charset) => {
    expectProblem(
      await login('{}', `${JSON_TYPE}; charset=${charset}`),
      415,
      'unsupported_media_type',
    );
  });

  it.each([
    JSON_TYPE,
    'APPLICATION/JSON',
    `${JSON_TYPE};charset=UTF-8`,
    `${JSON_TYPE}; charset="utf-8"`,
  ])('M02 %p is read', async (type) => {
    expectProblem(await login('{}', type), 400, 'validation_failed');
  });

  const body = '{"email":"ann@example.com","password":"x"}';
  it.each<[string, string | Buffer]>([
    ['a byte order mark', `\ufeff${body}`],
    ['UTF-16', Buffer.from(body, 'utf16le')],
    ['Latin-1', Buffer.from('{"email":"é@example.com","password":"x"}', 'latin1')],
    [
      'overlong UTF-8',
      Buffer.concat([Buffer.from('{"email":"'), Buffer.from([0xc0, 0x80, 0x22, 0x7d])]),
    ],
    ['a surrogate in UTF-8', Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22])],
    ['an empty body', ''],
    ['white space', '  \n'],
    ['half a document', body.slice(0, -1)],
    ['two documents', body + body],
    ['something behind it', `${body}x`],
    ['single quotes', "{'email':'ann@example.com'}"],
    ['a comment', `/**/${body}`],
    ['a trailing comma', '{"email":"ann@example.com",}'],
    ['NaN', '{"email":NaN}'],
    ['a raw NUL byte', '{"email":"ann\0@example.com"}'],
    ['a raw NUL byte behind it', `${body}\0`],
    ['an escaped NUL in a value', '{"email":"ann@example.com","password":"x\\u0000y"}'],
    ['an escaped NUL in a key', '{"em\\u0000ail":"ann@example.com"}'],
    ['a repeated key', '{"email":"ann@example.com","email":"bob@example.com","password":"x"}'],
    ['a repeated password', '{"email":"ann@example.com","password":"x","password":"y"}'],
    ['a repeated key, escaped', '{"email":"ann@example.com","\\u0065mail":"b@example.com"}'],
    ['a repeated key further in', '{"email":{"a":1,"a":2}}'],
    ['a repeated __proto__', '{"__proto__":1,"__proto__":2}'],
    ['__proto__', '{"__proto__":{"isSuperuser":true},"email":"ann@example.com","password":"x"}'],
    ['__proto__, escaped', '{"\\u005f_proto__":{"isSuperuser":true}}'],
    ['__proto__ further in', '{"email":[{"__proto__":{}}]}'],
  ])('M02, M07, M11 %s is malformed JSON on every route', async (_, payload) => {
    for (const route of routes) {
      expectProblem(await sendTo(route, payload), 400, 'malformed_json');
    }
  });

  it.each(['[]', '[{"email":"ann@example.com"}]', '"text"', '42', 'true', 'null', '""'])(
    'M08 %s at the top is refused on every route',
    async (payload) => {
      for (const route of routes) {
        const answer = await sendTo(route, payload);
        expectProblem(answer, 400, 'validation_failed');
        expect(complaintsOf(answer)).toContain(' invalid_type');
      }
    },
  );

  it.each([
    ['no body at all', undefined],
    ['an empty object', '{}'],
  ])('%s lacks every field that is required', async (_, payload) => {
    const isRequired = (field: { required: boolean }) => field.required;
    const demanding = routes.filter((route) => !route.needsLogin && route.fields.some(isRequired));
    for (const { method, url, fields } of demanding) {
      const headers = payload === undefined ? {} : { 'content-type': JSON_TYPE };
      const answer = await stranger.send({ method, url, headers, ...(payload && { payload }) });
      expectProblem(answer, 400, 'validation_failed');
      const required = fields.filter(isRequired).map(({ name }) => `${name} required`);
      expect(complaintsOf(answer).sort()).toEqual(required.sort());
    }
  });

  describe('M04 nesting', () => {
    const arrays = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);
    const objects = (levels: number) => '{"a":'.repeat(levels) + '1' + '}'.repeat(levels);

    it('of 16 levels is read', async () => {
      expectProblem(await login(objects(16)), 400, 'validation_failed');
      expectProblem(await login(`{"a":${arrays(15)}}`), 400, 'validation_failed');
    });

    it.each([
      ['17 arrays', arrays(17)],
      ['17 objects', objects(17)],
      ['17 levels in a field', `{"email":${arrays(16)}}`],
      ['2000 arrays', arrays(2000)],
      ['2000 objects', objects(2000)],
      ['32000 arrays', arrays(32_000)],
      ['10000 objects', objects(10_000)],
      ['60000 arrays that never end', '['.repeat(60_000)],
    ])('of %s is malformed JSON', async (_, payload) => {
      expectProblem(await login(payload), 400, 'malformed_json');
    });

    it('of 40000 arrays is too large', async () => {
      expectProblem(await login(arrays(40_000)), 413, 'body_too_large');
    });
  });

  describe('M05 a body', () => {
    it('of 64 KiB is read', async () => {
      expectProblem(await login(body.padEnd(64 * KIB)), 401, 'invalid_credentials');
    });

    it('of one byte more is too large on every route', async () => {
      for (const route of routes) {
        const answer = await sendTo(route, '{}'.padEnd(64 * KIB + 1));
        expectProblem(answer, 413, 'body_too_large');
      }
    });

    it('of thousands of fields is refused without a book in the answer', async () => {
      const fields = Array.from({ length: 4000 }, (_, i) => [`field${i}`, 1]);
      const answer = await login(JSON.stringify(Object.fromEntries(fields)));
      expectProblem(answer, 400, 'validation_failed');
      expect(answer.text.length).toBeLessThan(16 * KIB);
    });
  });

  describe('M10 each field of each body', () => {
    const wrongFor = ({ type, nullable }: Field): unknown[] =>
      [[], {}, ['ann@example.com'], { $gt: '' }, { constructor: 1 }, true, 0, 42, 1.5, null]
        .filter((value) => !(value === null && nullable))
        .filter((value) => type !== (Array.isArray(value) ? 'array' : typeof value));

    it('of a wrong type is refused by name and never coerced', async () => {
      for (const route of routes) {
        for (const field of route.fields) {
          for (const value of wrongFor(field)) {
            const answer = await sendTo(
              route,
              JSON.stringify({ ...route.example, [field.name]: value }),
            );
            expectProblem(answer, 400, 'validation_failed');
            const code = field.choices ? 'invalid_choice' : 'invalid_type';
            expect(complaintsOf(answer)).toEqual([`${field.name} ${code}`]);
          }
        }
      }
    });

    it('that is too long is refused by name', async () => {
      for (const route of routes) {
        for (const { name, maxLength } of route.fields) {
          if (maxLength === undefined) continue;
          const long = { ...route.example, [name]: 'a'.repeat(maxLength + 1) };
          const answer = await sendTo(route, JSON.stringify(long));
          expectProblem(answer, 400, 'validation_failed');
          expect(complaintsOf(answer)).toEqual([expect.stringMatching(`^${name} `)]);
        }
      }
    });
  });

  it.each([
    ...['then', 'catch', 'toString', 'valueOf', 'toJSON', 'hasOwnProperty', 'constructor'],
    ...['prototype', '__defineGetter__', 'length', 'id', 'isSuperuser', '', ' email', 'EMAIL'],
    ...['email[]', 'email.x', '$where', '0'],
  ])('M11 a field %p is refused by name on every route that does not know it', async (name) => {
    for (const route of routes) {
      if (route.fields.some((field) => field.name === name)) continue;
      for (const value of [true, false, null, {}, { prototype: { isSuperuser: true } }, 'x']) {
        const answer = await sendTo(route, JSON.stringify({ ...route.example, [name]: value }));
        expectProblem(answer, 400, 'validation_failed');
        expect(complaintsOf(answer)).toEqual([`${name} unknown_field`]);
      }
    }
    expect(({} as Record<string, unknown>)['isSuperuser']).toBeUndefined();
  });

  it('M25 a file is 415', async () => {
    const payload = [
      '--x',
      'Content-Disposition: form-data; name="email"; filename="e.json"',
      'Content-Type: application/json',
      '',
      body,
      '--x--',
      '',
    ].join('\r\n');
    for (const route of routes) {
      const answer = await sendTo(route, payload, 'multipart/form-data; boundary=x');
      expectProblem(answer, 415, 'unsupported_media_type');
    }
  });
});
