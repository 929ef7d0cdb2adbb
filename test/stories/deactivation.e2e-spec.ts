import { DeletionSweepService } from '../../src/account/leaving/deletion-sweep.service.js';
import { LogBook } from '../support/audit.js';
import { Make, someEmail } from '../support/make.js';
import { ownDatabase } from '../support/own-database.js';
import { expectProblem } from '../support/problems.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const DAY = 86_400;

describe('Superusers', () => {
  let test: TestApp;
  let make: Make;
  let own: Awaited<ReturnType<typeof ownDatabase>>;

  beforeAll(async () => {
    own = await ownDatabase('superusers'); // nobody is one there
    test = await startTestApp({ environment: { DATABASE_URL: own.url } });
    make = new Make(test);
  });
  afterAll(async () => {
    await test.close();
    await own.drop();
  });

  it('may leave while there is another one, but the last one may not', async () => {
    const one = await make.signedIn({ isSuperuser: true });
    const leave = (client: Make['client']) => client.post('/v1/users/me/deactivate');
    await changingNoRow(test, async () => {
      expectProblem(await leave(one.client), 409, 'last_superuser');
      const answer = await one.client.send({ method: 'DELETE', url: '/v1/users/me' });
      expectProblem(answer, 409, 'last_superuser');
    });
    const two = await make.signedIn({ isSuperuser: true });
    const answers = await Promise.all([leave(one.client), leave(two.client)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409]);
  });
});

describe('Whoever closes the account for a while', () => {
  let test: TestApp;
  let make: Make;
  let book: LogBook;

  beforeAll(async () => {
    test = await startTestApp({ environment: { REQUESTS_PER_ADDRESS: '10000' } });
    make = new Make(test);
    book = await LogBook.of(test);
  });
  afterAll(() => test.close());

  const ask = (email: string) => make.client.post('/v1/auth/reactivation', { email });
  const closed = async () => {
    const made = await make.signedIn();
    expect(await made.client.post('/v1/users/me/deactivate')).toMatchObject({ status: 204 });
    await test.outbox.waitFor(made.email);
    return made;
  };

  it('is signed out, and told how to come back only with the right password', async () => {
    const { client, email, password } = await closed();
    expectProblem(await client.me(), 401, 'invalid_token');
    expectProblem(await make.client.login(email, 'not the password'), 401, 'invalid_credentials');
    expectProblem(await make.client.login(email, password), 403, 'account_left');
  });

  it('comes back by the mailbox, whenever it is', async () => {
    const { user, email, password } = await closed();
    test.clock.forward(1000 * DAY);
    await test.app.get(DeletionSweepService, { strict: false }).sweep();
    expect(await ask(email)).toMatchObject({ status: 202, body: { status: 'link_sent' } });
    const token = await test.outbox.tokenFor(email, 2);
    expect(await make.client.post('/v1/auth/deletion/undo', { token })).toMatchObject({
      status: 204,
    });
    expect((await make.client.login(email, password)).status).toBe(200);
    const words = await book.words(user.id);
    expect(words).toEqual([
      'sign_in success',
      'account_deactivated success',
      'account_reactivated success',
      'sign_in success',
    ]);
  });

  it('has a day for it', async () => {
    const { email } = await closed();
    await ask(email);
    const token = await test.outbox.tokenFor(email, 2);
    test.clock.forward(DAY + 1);
    expectProblem(
      await make.client.post('/v1/auth/deletion/undo', { token }),
      400,
      'token_invalid',
    );
  });

  it('is answered as everybody is, whether or not there is such an account', async () => {
    const open = await make.user();
    const barred = await make.user({ isActive: false });
    const unproved = await make.user({
      isActive: false,
      leftAt: test.clock.now(),
      emailVerifiedAt: null,
    });
    const { email } = await closed();
    const nobody = [open.email, barred.email, someEmail()];
    const answers = await Promise.all([email, unproved.email, ...nobody].map(ask));
    expect(new Set(answers.map(({ status, text }) => `${String(status)} ${text}`)).size).toBe(1);
    await test.outbox.waitFor(email, 2);
    await test.outbox.waitFor(unproved.email); // whoever holds the mailbox may open it
    for (const address of nobody) expect(test.outbox.to(address)).toEqual([]);
  });

  it('who waits for a deletion may ask for the link again, and it works as long', async () => {
    const { client, email } = await make.signedIn({});
    await client.send({ method: 'DELETE', url: '/v1/users/me' });
    const first = await test.outbox.tokenFor(email);
    await ask(email);
    const second = await test.outbox.tokenFor(email, 2);
    test.clock.forward(13 * DAY);
    expectProblem(
      await make.client.post('/v1/auth/deletion/undo', { token: first }),
      400,
      'token_invalid',
    );
    expect(await make.client.post('/v1/auth/deletion/undo', { token: second })).toMatchObject({
      status: 204,
    });
  });

  it.each([{}, { email: 'nobody' }, { email: 7 }, { email: 'a@example.com', isActive: true }])(
    'cannot ask with %j',
    async (body) => {
      expectProblem(
        await make.client.post('/v1/auth/reactivation', body),
        400,
        'validation_failed',
      );
    },
  );
});
