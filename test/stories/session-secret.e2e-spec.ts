import { fromBase62 } from '../../src/common/base62.js';
import { OpaqueToken } from '../../src/common/opaque-token.js';
import { LiveSessionsService } from '../../src/sessions/live-sessions.service.js';
import { Browser } from '../support/browser.js';
import { wholeDatabase } from '../support/dump.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { RawHttp } from '../support/raw-http.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const CHECKSUM = 6;

/** The text of a token's secret, without prefix, id and checksum. */
const secretIn = (token: string): string => token.split('_')[2]?.slice(0, 43) ?? '';
const secretOf = (token: OpaqueToken): Buffer =>
  fromBase62(token.reveal().split('_')[2]?.slice(0, -CHECKSUM) ?? '', 32) ?? Buffer.of();

describe('C02 The secrets of 10,000 sessions', () => {
  const secrets = Array.from({ length: 10_000 }, () => secretOf(OpaqueToken.issue('ghs')));
  const all = Buffer.concat(secrets);

  it('have 256 bits each, and no two are the same', () => {
    expect(secrets.every(({ length }) => length === 32)).toBe(true);
    expect(new Set(secrets.map((secret) => secret.toString('hex'))).size).toBe(10_000);
  });

  it('have as many ones as zeros', () => {
    const ones = all.reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0);
    expect(Math.abs(ones / (all.length * 8) - 0.5)).toBeLessThan(0.002); // six deviations
  });

  it('have every byte equally often, at every place', () => {
    const counts = new Array<number>(256).fill(0);
    for (const byte of all) counts[byte] = (counts[byte] ?? 0) + 1;
    const expected = all.length / 256;
    const chiSquare = counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
    expect(chiSquare).toBeLessThan(400); // six deviations above 255
    for (let place = 0; place < 32; place++) {
      expect(new Set(secrets.map((secret) => secret[place])).size).toBe(256);
    }
  });
});

describe('What carries a session', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp({ environment: { LOG_LEVEL: 'trace' } });
    make = new Make(test);
  });
  afterAll(() => test.close());

  const signedIn = async () => {
    const made = await make.user();
    const browser = new Browser(test);
    await browser.signIn(made);
    return { ...made, browser, value: browser.cookie('session') ?? '' };
  };
  /** A cookie, a pair of tokens and its successor, a CSRF token: all that ever was handed out. */
  const handedOut = async () => {
    const { browser, email, password, value } = await signedIn();
    const { body } = await make.client.login(email, password);
    const { refreshToken } = body;
    const next = await make.client.post<{ refreshToken: string }>('/v1/auth/refresh', {
      refreshToken,
    });
    const tokens = [value, refreshToken, next.body.refreshToken].map(secretIn);
    const signature = body.accessToken.split('.')[2] ?? '';
    return { browser, secrets: [...tokens, browser.cookie('XSRF-TOKEN') ?? '', signature] };
  };

  it('ASVS 11.5.1 stands nowhere in the database, in no spelling', async () => {
    const { secrets } = await handedOut();
    const rows = await wholeDatabase(test);
    expect(rows).toContain('pwd'); // it does see the sessions
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThanOrEqual(43);
      const raw = fromBase62(secret, 32) ?? Buffer.from(secret, 'base64url');
      const spellings = [secret, Buffer.from(secret).toString('hex'), raw.toString('hex')];
      spellings.push(raw.toString('base64'), raw.toString('base64url'));
      for (const spelling of spellings) expect(rows).not.toContain(spelling);
    }
  });

  it('T20 stands in no line of the log, whatever fails and however much is logged', async () => {
    const { browser, secrets } = await handedOut();
    await browser.send({ method: 'PATCH', url: '/v1/users/me', body: {} });
    await browser.get(`/v1/none?session=${browser.cookie('session')}`);
    const live = test.app.get(LiveSessionsService, { strict: false });
    const broken = jest.spyOn(live, 'find').mockRejectedValue(new Error('broken'));
    const peek = jest.spyOn(live, 'peek').mockReturnValue(undefined);
    expect((await browser.me()).status).toBe(500);
    broken.mockRestore();
    peek.mockRestore();
    await browser.post('/v1/auth/logout');
    await new Promise((resolve) => setTimeout(resolve, 200)); // lines are written in batches
    const log = test.logged.join('');
    expect(log).toContain('internal_error');
    for (const secret of secrets) expect(log).not.toContain(secret);
  });

  describe('C10 on the wire', () => {
    let http: RawHttp;
    beforeAll(async () => {
      http = await RawHttp.open(test);
    });

    const ask = (...lines: readonly string[]) => {
      const head = ['GET /v1/users/me HTTP/1.1', 'Host: a', 'Connection: close'];
      return http.ask(Buffer.from([...head, ...lines, '', ''].join('\r\n'), 'latin1'));
    };

    it.each<[string, (good: string) => readonly string[]]>([
      ['in two lines', (good) => [`Cookie: session=${good}`, `Cookie: session=${good}`]],
      ['beside another', (good) => [`Cookie: session=x; a=b; session=${good}`]],
      ['beside another that is longer', (good) => [`Cookie: session=${good};session=${good}x`]],
      ['with bytes of no alphabet', (good) => [`Cookie: session=${good}\xff\xfe`]],
      ['with an e acute of two bytes', (good) => [`Cookie: session=\xc3\xa9${good}`]],
      ['with a tab in it', (good) => [`Cookie: session=${good.slice(0, 9)}\t${good.slice(9)}`]],
      ['percent-encoded', (good) => [`Cookie: session=${good.replace('_', '%5F')}`]],
      ['with a comma for a semicolon', (good) => [`Cookie: session=${good},a=b`]],
      ['in apostrophes', (good) => [`Cookie: session='${good}'`]],
      ['12 KB of it', (good) => [`Cookie: session=${good.padEnd(12_000, 'a')}`]],
    ])('opens nothing %s', async (_, linesOf) => {
      const { value } = await signedIn();
      expectProblem(await ask(...linesOf(value)), 401, 'invalid_token');
    });

    it.each<[string, (good: string) => string]>([
      ['another case', (good) => `Session=${good}`],
      ['more before', (good) => `xsession=${good}`],
      ['more behind', (good) => `session.sig=${good}`],
      ['a space in it', (good) => `session =${good}`],
      ['the form it has over TLS', (good) => `__Host-session=${good}`],
    ])('has one name, not one with %s', async (_, cookieOf) => {
      const { value } = await signedIn();
      expectProblem(await ask(`Cookie: ${cookieOf(value)}`), 401, 'not_authenticated');
    });

    it('opens the door from amid the cookies of others', async () => {
      const { value, email } = await signedIn();
      const answer = await ask(`Cookie: ;; a="b";=;session2=y; session=${value};x=\xff`);
      expect(answer).toMatchObject({ status: 200, body: { email } });
    });
  });
});
