import { LogBook } from '../support/audit.js';
import type { Client } from '../support/client.js';
import { HashMeter } from '../support/hash-work.js';
import { GOOD_PASSWORD, Make, someEmail } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const WRONG = 'not what she has chosen';
const NEW = 'a heron waits by the weir';

type Ask = (client: Client, password: string) => Promise<{ status: number }>;

/** Wherever a signed-in user proves herself with her password. */
const ROUTES: readonly [string, Ask][] = [
  ['reauthentication', (me, password) => me.post('/v1/auth/reauthenticate', { password })],
  [
    'a change of password',
    (me, currentPassword) =>
      me.post('/v1/auth/password/change', { currentPassword, newPassword: NEW }),
  ],
  [
    'a change of address',
    (me, password) => me.post('/v1/auth/email/change', { newEmail: someEmail('new'), password }),
  ],
];

/** Security catalogue B10: a stolen session is no way around the budget of the account. */
describe('Somebody who guesses passwords within a session', () => {
  let test: TestApp;
  let make: Make;
  let hashing: HashMeter;

  beforeAll(async () => {
    test = await startTestApp({ environment: { LOGIN_FAILURES_PER_ACCOUNT: '5' } });
    make = new Make(test);
    hashing = new HashMeter(test);
  });
  afterAll(() => test.close());

  const expectHeldOff = (answer: unknown) => {
    expectProblem(answer as never, 429, 'too_many_attempts');
  };

  it.each(ROUTES)('B10 at %s draws on it, and is held off at every other, too', async (_, ask) => {
    const { client, email } = await make.signedIn();
    for (let i = 0; i < 5; i++) expect([400, 401]).toContain((await ask(client, WRONG)).status);
    hashing.take();
    for (const [, other] of ROUTES) {
      expectHeldOff(await other(client, WRONG));
      expectHeldOff(await other(client, GOOD_PASSWORD));
    }
    expectHeldOff(await make.client.login(email, GOOD_PASSWORD));
    expect(hashing.take()).toEqual([]);
  });

  it.each(ROUTES)('B04 at %s has at most five tried of 50 at once', async (_, ask) => {
    const { client } = await make.signedIn();
    hashing.take();
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask(client, WRONG)));
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(45);
    expect(hashing.take()).toHaveLength(5);
  });

  it('gets no more by another route in between', async () => {
    const { client } = await make.signedIn();
    for (let i = 0; i < 5; i++) {
      const [, ask] = ROUTES[i % ROUTES.length] ?? [];
      expect([400, 401]).toContain((await ask?.(client, WRONG))?.status);
    }
    for (const [, ask] of ROUTES) expectHeldOff(await ask(client, WRONG));
  });

  it('is in the audit log where he was held off', async () => {
    const { client, user } = await make.signedIn();
    const book = await LogBook.of(test);
    for (let i = 0; i < 6; i++) {
      await client.post('/v1/auth/reauthenticate', { password: WRONG });
    }
    const words = await book.words(user.id);
    expect(words.at(-1)).toBe('too_many_attempts failure');
    expect(words.filter((word) => word === 'reauthentication failure')).toHaveLength(5);
  });

  it('B11 does not keep the owner, who is signed in, from anything else', async () => {
    const { client, email, token } = await make.signedIn();
    for (let i = 0; i < 6; i++) await make.client.login(email, WRONG);
    expect((await make.client.as(token).me()).status).toBe(200);
    const proof = await client.post('/v1/auth/reauthenticate', { password: GOOD_PASSWORD });
    expect(proof.status).toBe(204);
  });
});
