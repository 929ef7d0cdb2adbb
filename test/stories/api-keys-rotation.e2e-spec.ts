import { v7 as uuidv7 } from 'uuid';
import { LogBook } from '../support/audit.js';
import { Client } from '../support/client.js';
import { Make } from '../support/make.js';
import { MANY_MAILS } from '../support/many-mails.js';
import { KeyDesk } from '../support/own-keys.js';
import { complaintsOf, expectProblem } from '../support/problems.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const DAY = 86_400;
const OVERLAP = 86_400;

/** Security catalogue 4.L10: a key is replaced by another one, and nobody who uses it notices. */
describe('A key that is rotated', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp({ environment: MANY_MAILS });
    make = new Make(test);
  });
  afterAll(() => test.close());

  const withKey = (key: string) => new Client(test).withKey(key);
  const after = (seconds: number) => new Date(test.clock.millis() + seconds * 1000).toISOString();
  const holder = async (wish: object = {}) => {
    const made = await make.signedIn();
    const desk = new KeyDesk(made.client);
    const { body: key } = await desk.make({ name: 'a server', ...wish });
    return { ...made, desk, key, old: withKey(key.key) };
  };
  /** Somebody whose clock was moved signs in anew. */
  const again = async ({ email, password }: { email: string; password: string }) => {
    const { body } = await make.client.login(email, password);
    return new KeyDesk(make.client.as(body.accessToken));
  };

  it('works beside its successor until the overlap ends, and says so; the new one does not', async () => {
    const her = await holder();
    const before = await her.old.me();
    expect([before.headers['deprecation'], before.headers['sunset']]).toEqual([
      undefined,
      undefined,
    ]);
    const { status, body: next } = await her.desk.rotate(her.key.id);
    expect(status).toBe(201);
    expect(next).toMatchObject({ rotatedFrom: her.key.id, status: 'active', name: 'a server' });
    expect(next.key).not.toBe(her.key.key);
    const [oldAnswer, newAnswer] = [await her.old.me(), await withKey(next.key).me()];
    expect([oldAnswer.status, newAnswer.status]).toEqual([200, 200]);
    const retiring = await her.desk.shown(her.key.id);
    expect(retiring.status).toBe('retiring');
    const until = new Date(retiring.retiresAt ?? 0);
    expect(until.getTime()).toBe(new Date(next.createdAt).getTime() + OVERLAP * 1000);
    expect(oldAnswer.headers['sunset']).toBe(until.toUTCString());
    const since = Math.floor(new Date(next.createdAt).getTime() / 1000);
    expect(oldAnswer.headers['deprecation']).toBe(`@${String(since)}`);
    expect(newAnswer.headers).not.toHaveProperty('deprecation');
    expect(newAnswer.headers).not.toHaveProperty('sunset');
    test.clock.forward(OVERLAP - 5);
    expect((await her.old.me()).status).toBe(200);
    test.clock.forward(6);
    expectProblem(await her.old.me(), 401, 'invalid_token');
    expect((await withKey(next.key).me()).status).toBe(200);
    expect((await (await again(her)).shown(her.key.id)).status).toBe('expired');
  });

  it('gives its successor all that it is: scopes, on objects, too, ranges, rate, as long a life', async () => {
    const scopes = [`catalog.change_product:${uuidv7()}`, 'catalog.view_product'];
    const narrow = {
      name: 'narrow',
      scopes,
      allowedIps: ['127.0.0.1/32', '2001:db8::/32'],
      rateLimit: { limit: 9, window: 5 },
    };
    const her = await holder({ ...narrow, expiresAt: after(100 * DAY) });
    test.clock.forward(40 * DAY);
    const { body: next } = await (await again(her)).rotate(her.key.id);
    expect(next).toMatchObject({ ...narrow, startsAt: null });
    const life = new Date(next.expiresAt).getTime() - new Date(next.createdAt).getTime();
    const first = new Date(her.key.expiresAt).getTime() - new Date(her.key.createdAt).getTime();
    expect(life).toBe(first);
    const none = await holder({ scopes: [] });
    expect((await none.desk.rotate(none.key.id)).body.scopes).toEqual([]);
  });

  it('never outlives itself, however long the overlap', async () => {
    const her = await holder({ expiresAt: after(100) });
    const { body: next } = await her.desk.rotate(her.key.id, { overlapSeconds: 2_592_000 });
    expect((await her.desk.shown(her.key.id)).retiresAt).toBe(her.key.expiresAt);
    expect(new Date(next.expiresAt).getTime()).toBeGreaterThan(
      new Date(her.key.expiresAt).getTime(),
    );
    test.clock.forward(101);
    expectProblem(await her.old.me(), 401, 'invalid_token');
    expect(next.key).toEqual(expect.any(String));
  });

  it('is told of by mail and in the log book, and no warning of its end is due any more', async () => {
    const her = await holder();
    const { body: next } = await her.desk.rotate(her.key.id, { overlapSeconds: 60 });
    const mail = await test.outbox.about(her.email, 'An API key was replaced');
    expect(mail.text).toContain(next.prefix);
    expect(mail.text).not.toContain(next.key.slice(31));
    const [event] = (await (await LogBook.of(test)).about(her.user.id)).slice(-1);
    expect(event).toMatchObject({
      action: 'api_key_rotated',
      details: {
        apiKeyId: next.id,
        rotatedFrom: her.key.id,
        before: { endsAt: her.key.expiresAt },
        after: { endsAt: (await her.desk.shown(her.key.id)).retiresAt },
      },
    });
    const rows = await test.database.query<{ warned: boolean }[]>(
      'SELECT next_warning_at IS NOT NULL AS warned FROM api_keys WHERE user_id = $1 ORDER BY id',
      [her.user.id],
    );
    expect(rows).toEqual([{ warned: false }, { warned: true }]);
  });

  it('shows from where it is still used, until it is over', async () => {
    const her = await holder();
    expect(await her.desk.shown(her.key.id)).not.toHaveProperty('uses');
    const { body: next } = await her.desk.rotate(her.key.id, { overlapSeconds: 600 });
    expect((await her.desk.shown(her.key.id)).uses).toEqual([]);
    const use =
      'INSERT INTO api_key_uses (key_id, ip, count, last_used_at) VALUES ($1, $2, $3, $4)';
    await test.database.query(use, [her.key.id, '192.0.2.1', 3, '2026-01-01T00:00:00Z']);
    await test.database.query(use, [her.key.id, '', 1, '2026-01-02T00:00:00Z']);
    expect((await her.desk.shown(her.key.id)).uses).toEqual([
      { ip: null, count: 1, lastUsedAt: '2026-01-02T00:00:00.000Z' },
      { ip: '192.0.2.1', count: 3, lastUsedAt: '2026-01-01T00:00:00.000Z' },
    ]);
    expect(await her.desk.shown(next.id)).not.toHaveProperty('uses');
    test.clock.forward(601);
    expect(await (await again(her)).shown(her.key.id)).not.toHaveProperty('uses');
  });

  it('is not rotated again, nor is its successor, until the overlap ends', async () => {
    const her = await holder();
    const { body: next } = await her.desk.rotate(her.key.id, { overlapSeconds: 60 });
    await changingNoRow(test, async () => {
      expectProblem(await her.desk.rotate(her.key.id), 409, 'rotation_in_progress');
      expectProblem(await her.desk.rotate(next.id), 409, 'rotation_in_progress');
    });
    test.clock.forward(61);
    expect((await her.desk.rotate(next.id)).status).toBe(201);
    expectProblem(await her.desk.rotate(her.key.id), 409, 'api_key_ended');
  });

  it('can be cut: revoked, after which its successor can be rotated', async () => {
    const her = await holder();
    const { body: next } = await her.desk.rotate(her.key.id);
    await her.desk.revoke(her.key.id);
    expectProblem(await her.old.me(), 401, 'invalid_token');
    expect((await withKey(next.key).me()).status).toBe(200);
    const { status, body: third } = await her.desk.rotate(next.id);
    expect([status, third.rotatedFrom]).toEqual([201, next.id]);
  });

  it('that was switched off while it retires still stands in the way', async () => {
    const her = await holder();
    const { body: next } = await her.desk.rotate(her.key.id);
    await her.desk.change(her.key.id, { disabled: true });
    expectProblem(await her.desk.rotate(next.id), 409, 'rotation_in_progress');
    expectProblem(await her.desk.rotate(her.key.id), 409, 'rotation_in_progress');
  });

  it('50 times at once has exactly one successor', async () => {
    const her = await holder();
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => her.desk.rotate(her.key.id)),
    );
    const refused = answers.filter(({ status }) => status !== 201);
    expect(refused).toHaveLength(49);
    for (const answer of refused) expectProblem(answer, 409, 'rotation_in_progress');
    expect((await her.desk.list()).body.items).toHaveLength(2);
    expect((await her.old.me()).status).toBe(200);
  });

  it.each<[object, string[]]>([
    [{ overlapSeconds: -1 }, ['overlapSeconds out_of_range']],
    [{ overlapSeconds: 2_592_001 }, ['overlapSeconds out_of_range']],
    [{ overlapSeconds: 1.5 }, ['overlapSeconds out_of_range']],
    [{ overlapSeconds: '60' }, ['overlapSeconds invalid_type']],
    [{ overlapSeconds: null }, ['overlapSeconds invalid_type']],
    [{ expiresAt: '2020-01-01T00:00:00Z' }, ['expiresAt not_in_future']],
    [{ expiresAt: '2099-01-01T00:00:00Z' }, ['expiresAt too_late']],
    [{ scopes: null, userId: uuidv7() }, ['scopes unknown_field', 'userId unknown_field']],
  ])('is not by %j', async (wish, complaints) => {
    const her = await holder();
    const answer = await changingNoRow(test, () => her.desk.rotate(her.key.id, wish));
    expectProblem(answer, 400, 'validation_failed');
    expect(complaintsOf(answer)).toEqual(complaints);
  });

  it('need not be rotated: two keys work side by side', async () => {
    const her = await holder();
    const { body: other } = await her.desk.make({ name: 'another' });
    expect((await her.old.me()).status).toBe(200);
    expect((await withKey(other.key).me()).status).toBe(200);
    expect((await her.desk.rotate(other.id, { expiresAt: after(500) })).body.status).toBe('active');
  });
});
