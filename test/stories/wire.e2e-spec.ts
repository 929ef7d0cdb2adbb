import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { RawHttp } from '../support/raw-http.js';
import { type Rows, rowsOf } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const KIB = 1024;
const head = (first: string, ...lines: string[]) =>
  [first, 'Host: localhost', ...lines, '', ''].join('\r\n');
const post = (...lines: string[]) =>
  head('POST /v1/auth/login HTTP/1.1', 'Content-Type: application/json', ...lines);
const get = (path: string, ...lines: string[]) =>
  head(`GET ${path} HTTP/1.1`, 'Connection: close', ...lines);

/** Security catalogue 4.M over a real connection: bytes that no HTTP client would send. */
describe('Strange bytes on the wire', () => {
  let test: TestApp;
  let http: RawHttp;
  let before: Rows;

  beforeAll(async () => {
    test = await startTestApp();
    http = await RawHttp.open(test);
    await new Make(test).user();
    before = await rowsOf(test);
  });
  afterEach(async () => {
    expect(await http.ask(get('/health/live'))).toMatchObject({ status: 200 });
    expect(await rowsOf(test)).toEqual(before);
  });
  afterAll(() => test.close());

  describe('M05 a body', () => {
    it('that claims to be larger than it may is refused before it comes', async () => {
      expectProblem(await http.ask(post('Content-Length: 10000000')), 413, 'body_too_large');
    });

    it('of 64 KiB is read, one byte more is not', async () => {
      const answer = (size: number) =>
        http.ask(post(`Content-Length: ${size}`, 'Connection: close'), '[]'.padEnd(size));
      expectProblem(await answer(64 * KIB), 400, 'validation_failed');
      expectProblem(await answer(64 * KIB + 1), 413, 'body_too_large');
    });

    it('in chunks without an end is cut off', async () => {
      const chunk = `4000\r\n${' '.repeat(0x4000)}\r\n`;
      const [answer] = await http.flood(post('Transfer-Encoding: chunked'), chunk);
      expectProblem(answer!, 413, 'body_too_large');
    });

    it('in many tiny chunks is read like any other', async () => {
      const chunks = '{"email":1}'
        .split('')
        .map((char) => `1\r\n${char}\r\n`)
        .join('');
      const request = post('Transfer-Encoding: chunked', 'Connection: close');
      expectProblem(await http.ask(request, `${chunks}0\r\n\r\n`), 400, 'validation_failed');
    });

    it('that is longer than it claims is not read beyond its length', async () => {
      const answers = await http.exchange(
        post('Content-Length: 2'),
        '{}{"email":"ann@example.com"}\r\n',
      );
      expectProblem(answers.at(-1)!, 400, 'malformed_request');
      expect(answers.filter(({ status }) => status !== 400)).toEqual([]);
    });

    it.each([
      ['no number', ['Content-Length: ten']],
      ['a negative number', ['Content-Length: -1']],
      ['two numbers', ['Content-Length: 2', 'Content-Length: 3']],
      ['a list', ['Content-Length: 2, 3']],
      ['a length and chunks', ['Content-Length: 2', 'Transfer-Encoding: chunked']],
      ['chunks, but not last', ['Transfer-Encoding: chunked, gzip']],
      ['a chunk size that is none', ['Transfer-Encoding: chunked', '', 'xyz', '{}', '0', '']],
      ['a bare line feed', ['X-Header: a\nTransfer-Encoding: chunked']],
      ['a space before the colon', ['Content-Length : 2']],
      ['a folded header', ['X-Header: a', ' folded: b']],
      ['a NUL in a header', ['X-Header: a\0b']],
    ])('whose length is told by %s is malformed', async (_, lines) => {
      expectProblem(await http.ask(post(...lines), '{}'), 400, 'malformed_request');
    });
  });

  it.each<[string, string | Buffer]>([
    ['words', 'hello, is anybody there?\r\n\r\n'],
    ['zeros', Buffer.alloc(100)],
    ['noise', Buffer.from(Array.from({ length: 500 }, (_, i) => (i * 151 + 7) % 256))],
    ['TLS', Buffer.from('16030100c8010000c40303', 'hex')],
    ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
    ['HTTP/9.9', head('GET /health/live HTTP/9.9')],
    ['SSH', 'SSH-2.0-OpenSSH_9.6\r\n'],
    ['an unknown method', head('DEBUG /v1/users/me HTTP/1.1')],
    ['a method with CR LF', head('GET\r\n /health/live HTTP/1.1')],
    ['two hosts that differ', head('GET /health/live HTTP/1.1\r\nHost : a\r\nHost: b')],
  ])('%s is malformed', async (_, bytes) => {
    expectProblem(await http.ask(bytes), 400, 'malformed_request');
  });

  it('a request without a host is malformed', async () => {
    expectProblem(
      await http.ask('GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n'),
      400,
      'malformed_request',
    );
  });

  it('an expectation that nobody can meet is not listened to', async () => {
    const lines = ['Content-Length: 2', 'Expect: 200-maybe', 'Connection: close'];
    expectProblem(await http.ask(post(...lines), '{}'), 400, 'validation_failed');
  });

  it('an unasked upgrade is not followed', async () => {
    const upgrade = [
      'Connection: Upgrade, close',
      'Upgrade: websocket',
      'Sec-WebSocket-Version: 13',
    ];
    const answer = await http.ask(head('GET /v1/users/me HTTP/1.1', ...upgrade));
    expectProblem(answer, 401, 'not_authenticated');
  });

  it('a tunnel is not opened', async () => {
    const answers = await http.exchange(head('CONNECT example.com:443 HTTP/1.1'));
    expect(answers.filter(({ status }) => status < 400)).toEqual([]);
  });

  it.each([
    ['one long header', [`X-Header: ${'a'.repeat(17 * KIB)}`]],
    ['many headers', Array.from({ length: 1500 }, (_, i) => `X-Header-${i}: aaaaaaaa`)],
    ['a long token', [`Authorization: Bearer ${'a'.repeat(17 * KIB)}`]],
    ['a long cookie', [`Cookie: session=${'a'.repeat(17 * KIB)}`]],
  ])('%s is too much', async (_, lines) => {
    expectProblem(await http.ask(get('/health/live', ...lines)), 431, 'headers_too_large');
  });

  it('a path that is longer than the headers may be is too much', async () => {
    const answer = await http.ask(get(`/v1/${'a'.repeat(17 * KIB)}`));
    expectProblem(answer, 431, 'headers_too_large');
  });

  it.each([
    ['long', `/v1/${'a'.repeat(10_000)}`],
    ['deep', '/a'.repeat(5000)],
    ['long in its query', `/v1/nothing?${'a=b&'.repeat(2500)}`],
  ])('a %s path leads nowhere', async (_, path) => {
    expectProblem(await http.ask(get(path)), 404, 'not_found');
  });

  it.each(['/%zz', '?', '/v1/users/%', '/v1/users/%c0%ae', '/v1/users/me%ff', '/%e0%80%af'])(
    'the path %s cannot be read',
    async (path) => {
      expectProblem(await http.ask(get(path)), 400, 'malformed_request');
    },
  );

  it.each([
    ...['/..%2f..%2fetc%2fpasswd', '/../../etc/passwd', '/v1/users/me/../me', '//'],
    ...['/v1\\users\\me', 'http://evil.example/v1/nothing', '*', '/%2e%2e/x'],
  ])('the path %s leads nowhere', async (path) => {
    expectProblem(await http.ask(get(path)), 404, 'not_found');
  });

  it.each(['/v1/users/%00', '/v1/users/me%2f'])(
    'the path %s tells strangers nothing',
    async (path) => {
      expectProblem(await http.ask(get(path)), 401, 'not_authenticated');
    },
  );

  it('requests that come at once are answered one by one', async () => {
    const request = head('GET /health/live HTTP/1.1');
    const answers = await http.exchange(request.repeat(20) + get('/v1/nothing'));
    expect(answers.map(({ status }) => status)).toEqual([...Array<number>(20).fill(200), 404]);
  });

  it('somebody who goes away in the middle harms nobody', async () => {
    const socket = await http.leaveAfter(post('Content-Length: 1000') + '{"email":');
    expect(socket.destroyed).toBe(true);
  });
});
