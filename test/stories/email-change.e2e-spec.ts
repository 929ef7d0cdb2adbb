import type { Answer } from '../support/client.js';
import { EmailChanges } from '../support/email-changes.js';
import { GOOD_PASSWORD, Make, someEmail } from '../support/make.js';
import { MANY_MAILS } from '../support/many-mails.js';
import { complaintsOf, expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const HOUR = 3600;

const visible = ({ status, headers, text }: Answer): string =>
  JSON.stringify([status, Object.keys(headers), text]).replaceAll(
    String(headers['x-request-id']),
    'ID',
  );

/** Security catalogue 4.A07, 4.H19; traps T50, T54. */
describe('Asking for another address', () => {
  let test: TestApp;
  let make: Make;
  let changes: EmailChanges;

  beforeAll(async () => {
    test = await startTestApp({ environment: { HASH_QUEUE: '64', ...MANY_MAILS } });
    make = new Make(test);
    changes = new EmailChanges(test, make);
  });
  afterAll(() => test.close());

  it('changes nothing until the new address is proved, and is visible to its owner', async () => {
    const ann = await make.signedIn();
    const to = someEmail('new');
    expect(await changes.ask(ann.client, to)).toMatchObject({
      status: 202,
      body: { status: 'confirmation_sent' },
    });
    expect(await changes.addressOf(ann)).toBe(ann.email);
    expect(await changes.pending(ann.client)).toBe(to);
    expectProblem(await make.client.login(to, GOOD_PASSWORD), 401, 'invalid_credentials');
    expect(await make.client.login(ann.email, GOOD_PASSWORD)).toMatchObject({ status: 200 });
  });

  it('is confirmed by the link in the mail to the new address, by whoever reads it', async () => {
    const ann = await make.signedIn();
    const to = someEmail('New');
    await changes.ask(ann.client, to);
    expect(await changes.confirm(await changes.tokenIn(to, 'ghe'))).toMatchObject({
      status: 204,
      text: '',
    });
    expect((await ann.client.me()).body).toMatchObject({ email: to, emailVerified: true });
    expect(await make.client.login(to, GOOD_PASSWORD)).toMatchObject({ status: 200 });
    expectProblem(await make.client.login(ann.email, GOOD_PASSWORD), 401, 'invalid_credentials');
    expect(await changes.pending(ann.client)).toBeUndefined();
  });

  it('is confirmed by the code, where its owner is signed in', async () => {
    const [ann, bob] = [await make.signedIn(), await make.signedIn()];
    const to = someEmail('new');
    await changes.ask(ann.client, to);
    const code = await changes.codeIn(to);
    expectProblem(await changes.byCode(bob.client, code), 400, 'token_invalid');
    expectProblem(await changes.byCode(make.client, code), 401, 'not_authenticated');
    expect(await changes.byCode(ann.client, code)).toMatchObject({ status: 204 });
    expect(await changes.addressOf(ann)).toBe(to);
  });

  it('lets a code be tried five times, fifty at once or not', async () => {
    const ann = await make.signedIn();
    const to = someEmail('new');
    await changes.ask(ann.client, to);
    const code = await changes.codeIn(to);
    const other = (i: number) =>
      String((Number(code.replace(' ', '')) + i) % 100_000_000).padStart(8, '0');
    await Promise.all(
      Array.from({ length: 50 }, (_, i) => changes.byCode(ann.client, other(i + 1))),
    );
    expectProblem(await changes.byCode(ann.client, code), 400, 'token_invalid');
    expect(await changes.confirm(await changes.tokenIn(to, 'ghe'))).toMatchObject({ status: 204 });
  });

  it('ends every session but the one that asked', async () => {
    const ann = await make.signedIn();
    const { body } = await make.client.login(ann.email, GOOD_PASSWORD);
    const elsewhere = make.client.as(body.accessToken);
    const to = someEmail('new');
    await changes.ask(ann.client, to);
    await changes.confirm(await changes.tokenIn(to, 'ghe'));
    expectProblem(await elsewhere.me(), 401, 'invalid_token');
    expect(await ann.client.me()).toMatchObject({ status: 200 });
  });

  it.each<[string, string]>([
    ['somebody has', 'proved'],
    ['somebody is deactivated with', 'closed'],
    ['somebody has only registered', 'registered'],
    ['nobody has', 'free'],
  ])('A07 T54 answers and shows the same for an address that %s', async (_, kind) => {
    const ann = await make.signedIn();
    const given = {
      proved: {},
      closed: { isActive: false },
      registered: { emailVerifiedAt: null },
    };
    const to =
      kind in given
        ? (await make.user(given[kind as keyof typeof given])).email
        : someEmail('free');
    const free = await changes.ask(ann.client, someEmail('free'));
    const answer = await changes.ask(ann.client, to);
    expect(visible(answer)).toBe(visible(free));
    expect(await changes.pending(ann.client)).toBe(to);
    const [mail] = await test.outbox.waitFor(to);
    const isTold = kind === 'proved' || kind === 'closed';
    expect(mail!.text.includes('ghe_')).toBe(!isTold);
    if (isTold) expect(mail?.subject).toMatch(/already has an account/);
  });

  it.each([
    ['a wrong password', { password: 'not what she has chosen' }, 'password password_incorrect'],
    ['no password', {}, 'password required'],
    ['her own address, typed otherwise', { upper: true }, 'newEmail unchanged'],
  ])('does not begin with %s', async (_, given, complaint) => {
    const ann = await make.signedIn();
    const body = {
      newEmail: 'upper' in given ? ann.email.toUpperCase() : someEmail('new'),
      ...('upper' in given ? { password: GOOD_PASSWORD } : given),
    };
    const answer = await changes.unchanged(() => ann.client.post('/v1/auth/email/change', body));
    expectProblem(answer, 400, 'validation_failed');
    expect(complaintsOf(answer)).toEqual([complaint]);
  });

  it.each([
    [['a@example.com', 'b@example.com']],
    ['a@example.com,b@example.com'],
    ['a@example.com\nBcc: b@example.com'],
    ['"a"@example.com'],
    [{ $gt: '' }],
    [null],
  ])('H05 does not begin with the address %j', async (newEmail) => {
    const ann = await make.signedIn();
    const answer = await changes.unchanged(() =>
      ann.client.post('/v1/auth/email/change', { newEmail, password: GOOD_PASSWORD }),
    );
    expectProblem(answer, 400, 'validation_failed');
    expect(complaintsOf(answer)).toHaveLength(1);
  });

  it('needs a session', async () => {
    expectProblem(await changes.ask(make.client, someEmail()), 401, 'not_authenticated');
    expectProblem(await make.client.get('/v1/auth/email/change'), 401, 'not_authenticated');
  });

  it('is replaced by a later wish: the link of the earlier one is dead', async () => {
    const ann = await make.signedIn();
    const [first, second] = [someEmail('first'), someEmail('second')];
    await changes.ask(ann.client, first);
    const token = await changes.tokenIn(first, 'ghe');
    await changes.ask(ann.client, second);
    expectProblem(await changes.confirm(token), 400, 'token_invalid');
    expect(await changes.pending(ann.client)).toBe(second);
    await changes.confirm(await changes.tokenIn(second, 'ghe'));
    expect(await changes.addressOf(ann)).toBe(second);
  });

  it('can be taken back by its owner', async () => {
    const ann = await make.signedIn();
    const to = someEmail('new');
    await changes.ask(ann.client, to);
    const code = await changes.codeIn(to);
    const cancelled = await ann.client.send({ method: 'DELETE', url: '/v1/auth/email/change' });
    expect(cancelled.status).toBe(204);
    expect(await changes.pending(ann.client)).toBeUndefined();
    expectProblem(await changes.confirm(await changes.tokenIn(to, 'ghe')), 400, 'token_invalid');
    expectProblem(await changes.byCode(ann.client, code), 400, 'token_invalid');
  });

  it('waits an hour for its proof', async () => {
    const ann = await make.signedIn();
    const to = someEmail('new');
    await changes.ask(ann.client, to);
    test.clock.forward(HOUR + 1);
    const token = await changes.tokenIn(to, 'ghe');
    expectProblem(await changes.confirm(token), 400, 'token_invalid');
  });

  it('sends five mails in an hour at most, cancelled or not', async () => {
    const ann = await make.signedIn();
    for (let i = 0; i < 5; i++) {
      expect(await changes.ask(ann.client, someEmail('new'))).toMatchObject({ status: 202 });
      await ann.client.send({ method: 'DELETE', url: '/v1/auth/email/change' });
    }
    const answer = await changes.unchanged(() => changes.ask(ann.client, someEmail('new')));
    expectProblem(answer, 429, 'too_many_attempts');
    expect(answer.headers['retry-after']).toBe('3600');
  });

  it('works once, also for fifty at once', async () => {
    const ann = await make.signedIn();
    const to = someEmail('new');
    await changes.ask(ann.client, to);
    const token = await changes.tokenIn(to, 'ghe');
    const answers = await Promise.all(Array.from({ length: 50 }, () => changes.confirm(token)));
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    await test.outbox.waitFor(ann.email);
    expect(test.outbox.to(ann.email)).toHaveLength(1);
  });

  it('is won by one of two who prove the same address at once', async () => {
    for (let round = 0; round < 10; round++) {
      const [ann, bob] = [await make.signedIn(), await make.signedIn()];
      const to = someEmail('new');
      await changes.ask(ann.client, to);
      const first = await changes.tokenIn(to, 'ghe');
      await changes.ask(bob.client, to);
      await test.outbox.waitFor(to, 2);
      const second = await changes.tokenIn(to, 'ghe');
      const answers = await Promise.all([changes.confirm(first), changes.confirm(second)]);
      expect(answers.map(({ status }) => status).sort()).toEqual([204, 409]);
      const loser = answers[0].status === 409 ? ann : bob;
      expect(await changes.addressOf(loser)).toBe(loser.email);
    }
  });

  it('takes the place of a registration that nobody proved', async () => {
    const ann = await make.signedIn();
    const to = someEmail('new');
    await make.client.register(to, 'a stranger waits in here');
    const link = await test.outbox.tokenFor(to);
    await changes.ask(ann.client, to);
    await changes.confirm(await changes.tokenIn(to, 'ghe'));
    expectProblem(await make.client.verify(link), 400, 'token_invalid');
    expectProblem(
      await make.client.login(to, 'a stranger waits in here'),
      401,
      'invalid_credentials',
    );
    expect(await make.client.login(to, GOOD_PASSWORD)).toMatchObject({ status: 200 });
  });

  it.each([[undefined], [null], [''], [42], [[]], [{ $gt: '' }]])(
    'H08 is not confirmed with the token %j',
    async (token) => {
      const answer = await changes.unchanged(() => changes.confirm(token));
      expectProblem(answer, 400, token === '' ? 'token_invalid' : 'validation_failed');
    },
  );
});
