import { canonicalEmail } from '../../src/users/canonical-email.js';
import type { Answer } from '../support/client.js';
import { HashMeter } from '../support/hash-work.js';
import { Make, someEmail } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const WRONG = 'not what she has chosen';

/** Security catalogue 4.B: who guesses gets nowhere, from wherever, and is not told who has an account. */
describe('Somebody who guesses passwords', () => {
  let test: TestApp;
  let make: Make;
  let hashing: HashMeter;

  beforeAll(async () => {
    test = await startTestApp({
      environment: {
        LOGIN_FAILURES_PER_ACCOUNT: '5',
        LOGIN_FAILURES_PER_ADDRESS: '50',
        TRUST_PROXY: '1',
        HASH_QUEUE: '200',
      },
    });
    make = new Make(test);
    hashing = new HashMeter(test);
  });
  afterAll(() => test.close());

  let caller = 0;
  /** An address that nobody else in this file has. */
  const someAddress = () => `198.18.${String(caller >> 8)}.${String(caller++ & 255)}`;

  const login = (email: unknown, password = WRONG, ip = someAddress(), more: object = {}) =>
    make.client.send({
      method: 'POST',
      url: '/v1/auth/login',
      headers: { 'content-type': 'application/json', 'x-forwarded-for': ip },
      payload: JSON.stringify({ email, password, ...more }),
    });
  const failTimes = async (times: number, email: string) => {
    for (let i = 0; i < times; i++) expect((await login(email)).status).toBe(401);
  };
  const waitOf = ({ headers }: Answer) => Number(headers['retry-after']);
  const expectWait = (answer: Answer) => {
    expectProblem(answer, 429, 'too_many_attempts');
    expect(waitOf(answer)).toBeGreaterThan(0);
  };

  it('B02 is held off after five wrong ones for an account, though each comes from elsewhere', async () => {
    const { email } = await make.user();
    await failTimes(5, email);
    const refused = await login(email);
    expectWait(refused);
    expect(waitOf(refused)).toBeLessThanOrEqual(900);
  });

  it('B08 is not told the right one while he has to wait, and it is not even tried', async () => {
    const { email, password } = await make.user();
    await failTimes(5, email);
    hashing.take();
    const [wrong, right] = [await login(email), await login(email, password)];
    expectWait(right);
    expect({ ...right.headers, 'x-request-id': '', date: '' }).toEqual({
      ...wrong.headers,
      'x-request-id': '',
      date: '',
    });
    expect(hashing.take()).toEqual([]);
  });

  it('A10 learns from nothing of it whether there is an account', async () => {
    const { email } = await make.user();
    const nobody = someEmail();
    for (let i = 0; i < 8; i++) {
      const [known, unknown] = [await login(email), await login(nobody)];
      expect(known.status).toBe(i < 5 ? 401 : 429);
      expect(known.text.replaceAll(String(known.headers['x-request-id']), '')).toBe(
        unknown.text.replaceAll(String(unknown.headers['x-request-id']), ''),
      );
      expect(Object.keys(known.headers)).toEqual(Object.keys(unknown.headers));
      expect(known.headers['retry-after']).toBe(unknown.headers['retry-after']);
    }
  });

  it('B01 waits twice as long each time, up to an hour; after 90 nothing is tried until a reset', async () => {
    const { email, password } = await make.user();
    hashing.take();
    const waited: number[] = [];
    for (let i = 0; i < 200; i++) {
      const answer = await login(email);
      if (answer.status === 401) continue;
      expectWait(answer);
      waited.push(waitOf(answer));
      test.clock.forward(waitOf(answer));
    }
    expect(waited.slice(0, 4)).toEqual([900, 1800, 3600, 3600]);
    expect(hashing.take()).toHaveLength(90);
    test.clock.forward(7 * 86_400);
    expectWait(await login(email, password));
    expect(hashing.take()).toEqual([]);
  }, 60_000);

  it('B04 has at most five tried of 200 at once', async () => {
    const { email } = await make.user();
    hashing.take();
    const answers = await Promise.all(Array.from({ length: 200 }, () => login(email)));
    expect(hashing.take()).toHaveLength(5);
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 401)).toHaveLength(5);
    expect(statuses.filter((status) => status === 429)).toHaveLength(195);
  });

  it.each<[string, (email: string) => string]>([
    ['upper case', (email) => email.toUpperCase()],
    ['space around', (email) => `  ${email} `],
    ['upper case in the domain', (email) => email.replace('example', 'EXAMPLE')],
  ])('B07 gets no more of them by %s', async (_, vary) => {
    const { email } = await make.user();
    expect(canonicalEmail(vary(email).trim())).toBe(email);
    await failTimes(3, email);
    await failTimes(2, vary(email));
    expectWait(await login(email));
    expectWait(await login(vary(email)));
  });

  it('B07 gets none by what is no address', async () => {
    const { email } = await make.user();
    hashing.take();
    for (const odd of [[email], { email }, `${email}\u0000`, 7, null]) {
      expect((await login(odd)).status).toBe(400);
    }
    expect(hashing.take()).toEqual([]);
  });

  it('is held off at his address after 50, whomever he tries', async () => {
    const ip = someAddress();
    for (let i = 0; i < 50; i++) expect((await login(someEmail(), WRONG, ip)).status).toBe(401);
    hashing.take();
    const { email, password } = await make.user();
    hashing.take();
    expectWait(await login(email, password, ip));
    expect(hashing.take()).toEqual([]);
    expect((await login(email, password)).status).toBe(200);
    test.clock.forward(900);
    expect((await login(email, password, ip)).status).toBe(200);
  });

  it('is one address in all of a /64, and an IPv4 address in whatever clothes', async () => {
    const net = '2001:db8:1:2';
    for (let i = 0; i < 50; i++) await login(someEmail(), WRONG, `${net}::${String(i + 1)}`);
    expectWait(await login(someEmail(), WRONG, `${net}:ffff:1:2:3`));
    expect((await login(someEmail(), WRONG, '2001:db8:1:3::1')).status).toBe(401);
    for (let i = 0; i < 50; i++) await login(someEmail(), WRONG, '::ffff:203.0.113.9');
    expectWait(await login(someEmail(), WRONG, '203.0.113.9'));
  });

  it('B14 counts the same by whatever spelling of the route that is served', async () => {
    const { email } = await make.user();
    await failTimes(5, email);
    for (const url of [
      '/v1/auth/login/',
      '/V1/Auth/Login',
      '//v1/auth/login',
      '/v1/auth/login?x=1',
    ]) {
      const answer = await make.client.send({
        method: 'POST',
        url,
        headers: {
          'content-type': 'application/json',
          'user-agent': 'Googlebot/2.1',
          'x-forwarded-for': someAddress(),
        },
        payload: JSON.stringify({ email, password: WRONG }),
      });
      expect([404, 429]).toContain(answer.status);
    }
  });

  it('T95 gets nothing back for others by signing in to an account of his own', async () => {
    const { email } = await make.user();
    const own = await make.user();
    const ip = someAddress();
    for (let i = 0; i < 5; i++) {
      expect((await login(email, WRONG, ip)).status).toBe(401);
      expect((await login(own.email, own.password, ip)).status).toBe(200);
    }
    expectWait(await login(email, WRONG, ip));
    for (let i = 0; i < 45; i++) {
      expect((await login(someEmail(), WRONG, ip)).status).toBe(401);
      if (i % 10 === 0) await login(own.email, own.password, ip);
    }
    expectWait(await login(own.email, own.password, ip));
  });

  it('B10 shares the budget of the account when he is signed in and proves himself again', async () => {
    const { email, token } = await make.signedIn();
    const signedIn = make.client.as(token);
    for (let i = 0; i < 5; i++) {
      const answer = await signedIn.post('/v1/auth/reauthenticate', { password: WRONG });
      expect(answer.status).toBe(401);
    }
    hashing.take();
    expectWait(await signedIn.post('/v1/auth/reauthenticate', { password: WRONG }));
    expectWait(await login(email));
    expect(hashing.take()).toEqual([]);
  });

  it('is forgotten once the owner signs in', async () => {
    const { email, password } = await make.user();
    for (let round = 0; round < 3; round++) {
      await failTimes(4, email);
      expect((await login(email, password)).status).toBe(200);
    }
  });

  it('is not counted where nothing could be tried', async () => {
    const { email, password } = await make.user({ emailVerifiedAt: null });
    for (let i = 0; i < 7; i++) expect((await login(email, password)).status).toBe(403);
    await failTimes(5, email);
  });

  it('counts as a failure where the right password opens nothing, so as not to tell', async () => {
    const { email, password } = await make.user({ isActive: false });
    for (let i = 0; i < 5; i++) expect((await login(email, password)).status).toBe(401);
    expectWait(await login(email, password));
  });

  it('sees in the headers how much is left', async () => {
    const ip = someAddress();
    const first = await login(someEmail(), WRONG, ip);
    expect(first.headers['ratelimit-policy']).toBe('"failures";q=50;w=900');
    expect(first.headers['ratelimit']).toBe('"failures";r=49;t=900');
    const second = await login(someEmail(), WRONG, ip);
    expect(String(second.headers['ratelimit'])).toMatch(/^"failures";r=48;t=\d+$/);
  });

  it('leaves no address behind, neither of mail nor of network', async () => {
    const ip = someAddress();
    await login('somebody@example.com', WRONG, ip);
    const rows = await test.database.query<object[]>(
      `SELECT encode(key, 'escape') AS key FROM rate_counters
        UNION ALL SELECT encode(account, 'escape') FROM guess_counts`,
    );
    expect(rows.length).toBeGreaterThan(1);
    expect(JSON.stringify(rows)).not.toMatch(/somebody|example\.com|198\.18/);
    expect(test.logged.join('')).not.toContain('somebody@example.com');
  });
});
