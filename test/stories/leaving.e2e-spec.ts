import { DeletionSweepService } from '../../src/account/leaving/deletion-sweep.service.js';
import type { DeletionDto } from '../../src/account/leaving/leaving.dto.js';
import { LeavingService } from '../../src/account/leaving/leaving.service.js';
import { SessionsService } from '../../src/sessions/sessions.service.js';
import { findings, LogBook, withOwnDatabase } from '../support/audit.js';
import { Browser } from '../support/browser.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { changingNoRow } from '../support/rows.js';
import type { TestApp } from '../support/test-app.js';

const DAY = 86_400;

describe('Whoever deletes the account', () => {
  let test: TestApp;
  let make: Make;
  let book: LogBook;
  let own: Awaited<ReturnType<typeof withOwnDatabase>>;

  beforeAll(async () => {
    const environment = { REQUESTS_PER_ADDRESS: '10000', ACCESS_TOKEN_TTL: '3600' };
    own = await withOwnDatabase('leaving', { environment });
    test = await own.start();
    make = new Make(test);
    book = await LogBook.of(test);
  });
  afterAll(async () => {
    await test.close();
    await own.drop();
  });

  const remove = (client: { send: Make['client']['send'] }) =>
    client.send<DeletionDto>({ method: 'DELETE', url: '/v1/users/me' });
  const undo = (token: string) => make.client.post('/v1/auth/deletion/undo', { token });
  const sweep = () => test.app.get(DeletionSweepService, { strict: false }).sweep();
  const isThere = async (id: string): Promise<boolean> =>
    (await test.database.query<unknown[]>('SELECT 1 FROM users WHERE id = $1', [id])).length === 1;
  /** Somebody whose deletion waits. */
  const leaving = async () => {
    const made = await make.signedIn();
    const { status } = await remove(made.client);
    expect(status).toBe(202);
    return { ...made, undoToken: await test.outbox.tokenFor(made.email) };
  };

  it('is told when it is final, signed out everywhere, and let in no more', async () => {
    const { email, password, client } = await make.signedIn();
    const other = await make.client.login(email, password);
    const before = test.clock.millis();
    const { status, body } = await remove(client);
    expect(status).toBe(202);
    const days = (new Date(body.finalAt).getTime() - before) / 1000 / DAY;
    expect(days).toBeCloseTo(14, 2);
    expectProblem(await client.me(), 401, 'invalid_token');
    expectProblem(await make.client.as(other.body.accessToken).me(), 401, 'invalid_token');
    const { refreshToken } = other.body;
    expectProblem(
      await make.client.post('/v1/auth/refresh', { refreshToken }),
      401,
      'invalid_token',
    );
    expectProblem(await make.client.login(email, password), 403, 'account_left');
    expectProblem(await make.client.login(email, 'not the password'), 401, 'invalid_credentials');
  });

  it('loses the cookie, too', async () => {
    const browser = new Browser(test);
    await browser.signIn(await make.user());
    expect((await browser.delete('/v1/users/me')).status).toBe(202);
    expect(browser.cookie('session')).toBeUndefined();
  });

  it('must have proved it recently', async () => {
    const { client } = await make.signedIn();
    test.clock.forward(301);
    await changingNoRow(test, async () => {
      expectProblem(await remove(client), 403, 'reauthentication_required');
      expectProblem(await client.post('/v1/users/me/deactivate'), 403, 'reauthentication_required');
    });
  });

  it('is back with the link of the mail: the account is as it was, its devices stay signed out', async () => {
    const { user, client, email, password, undoToken } = await leaving();
    expect(await undo(undoToken)).toMatchObject({ status: 204, text: '' });
    expectProblem(await client.me(), 401, 'invalid_token');
    const again = await make.client.login(email, password);
    expect(again.body.user).toMatchObject({ id: user.id, email });
    test.clock.forward(15 * DAY);
    await sweep();
    expect(await isThere(user.id)).toBe(true);
    expect(await book.words(user.id)).toEqual([
      'sign_in success',
      'deletion_requested success',
      'deletion_undone success',
      'sign_in success',
    ]);
  });

  it('is gone for good after the grace: nothing opens, and the address is free', async () => {
    const { user, email, password, client } = await leaving();
    test.clock.forward(14 * DAY + 1);
    const due = await Promise.all([sweep(), sweep(), sweep()]);
    expect(due.reduce((sum, count) => sum + count)).toBeGreaterThanOrEqual(1);
    expect(await isThere(user.id)).toBe(false);
    expectProblem(await client.me(), 401, 'invalid_token');
    expectProblem(await make.client.login(email, password), 401, 'invalid_credentials');
    await test.outbox.waitFor(email, 2);
    expect(test.outbox.to(email).at(-1)?.subject).toBe('Your account was deleted');

    await make.client.register(email, password);
    await make.client.verify(await test.outbox.tokenFor(email, 3));
    const again = await make.client.login(email, password);
    expect(again.status).toBe(200);
    expect(again.body.user.id).not.toBe(user.id);
    expectProblem(await client.me(), 401, 'invalid_token');
  });

  it('leaves in the log only what happened and when', async () => {
    const { user, email } = await leaving();
    test.clock.forward(14 * DAY + 1);
    await sweep();
    const events = await book.about(user.id);
    const actions = events.map(({ action }) => action);
    expect(actions.slice(0, 2)).toEqual(['sign_in', 'deletion_requested']);
    // Of one transaction, and perhaps of one millisecond.
    expect(actions.slice(2).sort()).toEqual(['account_deleted', 'personal_data_erased']);
    for (const { erased, ip, userAgent, details } of events.slice(0, 2)) {
      expect({ erased, ip, userAgent, details }).toEqual({
        erased: true,
        ip: null,
        userAgent: null,
        details: null,
      });
    }
    expect(await findings(test)).toEqual([]);
    const rows = await test.database.query<{ name: string }[]>(
      `SELECT table_name AS name FROM information_schema.tables
        WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
    );
    for (const { name } of rows) {
      const found = await test.database.query<unknown[]>(
        `SELECT 1 FROM "${name}" t WHERE t::text ILIKE '%' || $1 || '%'`,
        [email],
      );
      expect([name, found.length]).toEqual([name, 0]);
    }
  });

  it('has the address kept meanwhile', async () => {
    const { user, email } = await leaving();
    await make.client.register(email, 'another password of mine');
    await test.outbox.waitFor(email, 2);
    expect(test.outbox.to(email).at(-1)?.subject).toBe('You already have an account');
    expect(await isThere(user.id)).toBe(true);
  });

  it('does not wait if nobody ever proved the address, and mails nobody', async () => {
    const { user, email } = await make.user({ emailVerifiedAt: null });
    const session = await test.app.get(SessionsService, { strict: false }).open(
      user as never,
      { methods: ['pwd'] },
      {
        ip: null,
        userAgent: null,
        name: null,
        transport: 'token',
        refreshTransport: 'body',
      },
    );
    expect(session).toBeDefined();
    const caller = { ip: undefined, userAgent: undefined, requestId: 'x', languages: [] };
    await test.app.get(LeavingService, { strict: false }).requestDeletion(user.id, caller);
    await sweep();
    expect(await isThere(user.id)).toBe(false);
    expect(test.outbox.to(email)).toEqual([]);
  });

  it('finds the page that the mail links to', async () => {
    const { email } = await leaving();
    const [mail] = await test.outbox.waitFor(email);
    const link = /http:\S+/.exec(mail?.text ?? '')?.[0] ?? '';
    expect(link).toMatch(/^http:\/\/localhost:3000\/keep-account#token=ghd_/);
    const page = await make.client.get('/keep-account');
    expect(page.status).toBe(200);
    expect(page.text).toContain('Yes, keep my account');
  });
});
