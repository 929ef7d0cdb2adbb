import type { SessionPageDto } from '../../src/account/me/my-sessions.dto.js';
import { userPermissions } from '../../src/users/users.permissions.js';
import { LogBook, verify, withOwnDatabase } from '../support/audit.js';
import { meanwhile } from '../support/blocked.js';
import { Browser } from '../support/browser.js';
import { userHolder } from '../support/grants.js';
import { expectProblem } from '../support/problems.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { type Clerk, Office, remove } from '../support/users-office.js';

const CHOSEN = 'a heron sleeps on the roof';

describe('The ways in of somebody else', () => {
  let test: TestApp;
  let office: Office;
  let clerk: Clerk;

  beforeAll(async () => {
    test = await startTestApp();
    office = new Office(test);
  });
  beforeEach(async () => {
    clerk = await office.clerk();
  });
  afterAll(() => test.close());

  const sessionsOf = async (id: string) =>
    (await clerk.client.get<SessionPageDto>(`/v1/users/${id}/sessions`)).body.items;
  const patch = (id: string, body: unknown) => clerk.client.patch(`/v1/users/${id}`, body);
  const resetOf = (id: string) => clerk.client.post(`/v1/users/${id}/password-reset`);

  it('are seen and ended one by one, which the log book tells', async () => {
    const ann = await office.make.signedIn();
    const browser = new Browser(test);
    await browser.signIn(ann);
    const sessions = await sessionsOf(ann.user.id);
    expect(sessions.map(({ transport, current }) => ({ transport, current }))).toEqual([
      { transport: 'cookie', current: false },
      { transport: 'token', current: false },
    ]);
    const url = `/v1/users/${ann.user.id}/sessions/${sessions[1]?.id ?? ''}`;
    expect((await remove(clerk.client, url)).status).toBe(204);
    expectProblem(await ann.client.me(), 401, 'invalid_token');
    expect((await browser.me()).status).toBe(200);
    expectProblem(await remove(clerk.client, url), 404, 'not_found');
    const book = await LogBook.of(test);
    expect((await book.about(ann.user.id)).at(-1)).toMatchObject({
      action: 'session_ended',
      actorId: clerk.user.id,
      details: { sessionId: sessions[1]?.id },
    });
  });

  it('are ended all at once', async () => {
    const ann = await office.make.signedIn();
    const browser = new Browser(test);
    await browser.signIn(ann);
    expect((await remove(clerk.client, `/v1/users/${ann.user.id}/sessions`)).status).toBe(204);
    expectProblem(await ann.client.me(), 401, 'invalid_token');
    expect((await browser.me()).status).toBe(401);
    expect(await sessionsOf(ann.user.id)).toEqual([]);
    expect((await office.make.client.login(ann.email, ann.password)).status).toBe(200);
  });

  it('are not found under the name of another (J02)', async () => {
    const [ann, bob] = [await office.make.signedIn(), await office.make.signedIn()];
    const [session] = await sessionsOf(ann.user.id);
    await changingNoRow(test, async () => {
      for (const [user, id] of [
        [bob.user.id, session?.id ?? ''],
        [bob.user.id, '%00'],
        [bob.user.id, '7'],
        [ann.user.id, bob.user.id],
      ] as const) {
        const answer = await remove(clerk.client, `/v1/users/${user}/sessions/${id}`);
        expect([400, 404]).toContain(answer.status);
      }
    });
    expect((await ann.client.me()).status).toBe(200);
  });

  it('are not shown to who may only view her', async () => {
    const ann = await office.make.signedIn();
    const viewer = await office.clerk([userPermissions.view]);
    const url = `/v1/users/${ann.user.id}/sessions`;
    expectProblem(await viewer.client.get(url), 403, 'permission_denied');
    expectProblem(await remove(viewer.client, url), 403, 'permission_denied');
    expect((await ann.client.me()).status).toBe(200);
  });

  it('close at once with the account, which its owner is told, and open again', async () => {
    const ann = await office.make.signedIn();
    const browser = new Browser(test);
    await browser.signIn(ann);
    expect((await ann.client.me()).status).toBe(200);
    expect((await patch(ann.user.id, { isActive: false })).body).toMatchObject({ isActive: false });
    expectProblem(await ann.client.me(), 401, 'invalid_token');
    expect((await browser.me()).status).toBe(401);
    expectProblem(
      await office.make.client.login(ann.email, ann.password),
      401,
      'invalid_credentials',
    );
    const mails = await test.outbox.waitFor(ann.email, 2); // a new device, and this
    const mail = mails.find(({ subject }) => subject === 'Your account was deactivated');
    expect(mail?.text).not.toMatch(/127\.0\.0\.1/);
    expectProblem(await resetOf(ann.user.id), 409, 'user_not_active');
    expect((await patch(ann.user.id, { isActive: true })).body).toMatchObject({ isActive: true });
    await test.outbox.waitFor(ann.email, 3);
    expect((await office.make.client.login(ann.email, ann.password)).status).toBe(200);
    expectProblem(await ann.client.me(), 401, 'invalid_token');
  });

  it('stay closed to who closed the account herself, once an administrator says so', async () => {
    const ann = await office.make.signedIn();
    await ann.client.post('/v1/users/me/deactivate');
    expectProblem(await office.make.client.login(ann.email, ann.password), 403, 'account_left');
    const { body } = await patch(ann.user.id, { isActive: false });
    expect(body).toMatchObject({ isActive: false, leftAt: null });
    expectProblem(
      await office.make.client.login(ann.email, ann.password),
      401,
      'invalid_credentials',
    );
  });

  it('get another password by a link that goes to her alone (K17)', async () => {
    const ann = await office.make.signedIn();
    const { status, text } = await resetOf(ann.user.id);
    expect({ status, text }).toEqual({ status: 202, text: '{"status":"link_sent"}' });
    const token = await test.outbox.tokenFor(ann.email);
    expect((await office.make.client.login(ann.email, ann.password)).status).toBe(200);
    expect((await office.make.client.reset(token, CHOSEN)).status).toBe(204);
    expect((await office.make.client.login(ann.email, CHOSEN)).status).toBe(200);
    expectProblem(await ann.client.me(), 401, 'invalid_token');
  });

  it('are not drowned in links: five an hour, and nobody who may not send one uses them up', async () => {
    const root = await office.superuser();
    for (let i = 0; i < 7; i++) {
      expectProblem(await resetOf(root.user.id), 403, 'beyond_own_rights');
    }
    const other = await office.superuser();
    const url = `/v1/users/${root.user.id}/password-reset`;
    for (let i = 0; i < 5; i++) expect((await other.client.post(url)).status).toBe(202);
    const refused = await other.client.post(url);
    expectProblem(refused, 429, 'too_many_attempts');
    expect(refused.headers['retry-after']).toBe('3600');
  });

  it('are not to be had by who was promoted while the office was deciding', async () => {
    const ann = await office.make.signedIn();
    const raise = 'UPDATE users SET is_superuser = true WHERE id = $1';
    const answers = await meanwhile(test, raise, [ann.user.id], () => [
      patch(ann.user.id, { isActive: false }),
      resetOf(ann.user.id),
      remove(clerk.client, `/v1/users/${ann.user.id}/sessions`),
    ]);
    for (const answer of answers) {
      expectProblem(answer, 403, 'beyond_own_rights');
    }
    expect((await ann.client.me()).status).toBe(200);
  });

  it('are closed once, of fifty at once', async () => {
    const ann = await office.make.signedIn();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => patch(ann.user.id, { isActive: false })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const book = await LogBook.of(test);
    const words = await book.words(ann.user.id);
    expect(words.filter((word) => word === 'user_changed success')).toHaveLength(1);
  });
});

describe('What the office writes into the log book', () => {
  it('can be verified, the nested parts included, and tells who did it', async () => {
    const own = await withOwnDatabase('office_log');
    const test = await own.start();
    const office = new Office(test);
    const her = await office.clerk();
    const { user } = await office.make.user();
    const url = `/v1/users/${user.id}`;
    await her.client.patch(url, { timezone: 'UTC', firstName: 'Ann', organization: 'Trams' });
    await office.grants.give(userHolder(user), userPermissions.view);
    expect((await remove(her.client, `${url}/permissions/users.view_user`)).status).toBe(204);
    expect((await verify(test)).findings).toEqual([]);
    await test.database.query('ALTER TABLE audit_events DISABLE TRIGGER USER');
    await test.database.query(
      `UPDATE audit_events SET details = jsonb_set(details, '{after,firstName}', '"Bob"')
        WHERE action = 'user_changed'`,
    );
    expect((await verify(test)).findings.map(({ problem }) => problem)).toEqual([
      'personal_part_changed',
    ]);
    await test.close();
    await own.drop();
  });
});
