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

/** Security catalogue 4.L: somebody makes keys for her programs. */
describe('Making keys of one’s own', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp({ environment: { ...MANY_MAILS, EMAIL_VERIFICATION: 'optional' } });
    make = new Make(test);
  });
  afterAll(() => test.close());

  const desk = async () => {
    const made = await make.signedIn();
    return { ...made, desk: new KeyDesk(made.client) };
  };
  const withKey = (key: string) => new Client(test).withKey(key);
  const after = (seconds: number) => new Date(test.clock.millis() + seconds * 1000).toISOString();

  it('L01 are shown once, whole, and open the door', async () => {
    const { desk: her, user } = await desk();
    const { status, body } = await her.make({ name: '  Nightly import ' });
    expect(status).toBe(201);
    expect(body.key).toMatch(/^gh_test_[0-9A-Za-z]{22}_[0-9A-Za-z]{43}_[0-9A-Za-z]{6}$/);
    expect(body).toEqual({
      id: expect.any(String) as string,
      key: expect.any(String) as string,
      prefix: body.key.slice(0, 30),
      name: 'Nightly import',
      scopes: null,
      allowedIps: [],
      rateLimit: null,
      status: 'active',
      createdAt: expect.any(String) as string,
      startsAt: null,
      expiresAt: new Date(new Date(body.createdAt).getTime() + 365 * DAY * 1000).toISOString(),
      retiresAt: null,
      disabledAt: null,
      revokedAt: null,
      rotatedFrom: null,
      lastUsedAt: null,
      lastUsedIp: null,
      useCount: 0,
    });
    expect((await withKey(body.key).me()).body).toMatchObject({ id: user.id });
    const list = await her.list();
    const { key, ...rest } = body;
    expect(list.body).toEqual({ items: [rest], nextCursor: null });
    expect(list.text).not.toContain(key.slice(31, 50));
  });

  it('L01 are nowhere in the database, nor in the log', async () => {
    const { desk: her } = await desk();
    const { body } = await her.make();
    await withKey(body.key).me();
    const secret = body.key.slice(31, 74);
    const tables = await test.database.query<{ name: string }[]>(
      `SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'`,
    );
    for (const { name } of tables) {
      const found = await test.database.query<object[]>(
        `SELECT 1 FROM ${name} t WHERE t::text LIKE $1`,
        [`%${secret}%`],
      );
      expect([name, found]).toEqual([name, []]);
    }
    expect(test.logged.join('\n')).not.toContain(secret);
  });

  it('are told of by mail, and in the log book', async () => {
    const { desk: her, user, email } = await desk();
    const { body } = await her.make({ name: 'x', allowedIps: ['192.0.2.1'] });
    const mail = await test.outbox.about(email, 'A new API key');
    expect(mail.text).toContain(body.prefix);
    expect(mail.text).not.toContain(body.key.slice(31));
    const [event] = (await (await LogBook.of(test)).about(user.id)).slice(-1);
    expect(event).toMatchObject({
      action: 'api_key_created',
      outcome: 'success',
      actorId: user.id,
      details: { apiKeyId: body.id, name: 'x', scopes: null, allowedIps: '192.0.2.1/32' },
    });
  });

  it('are narrowed as wished; the same said twice is said once', async () => {
    const { desk: her } = await desk();
    const [id, startsAt, expiresAt] = [uuidv7(), after(60), after(7200)];
    const { status, body } = await her.make({
      name: 'narrow',
      scopes: ['catalog.view_product', `catalog.change_product:${id}`, 'catalog.view_product'],
      allowedIps: ['192.0.2.7', '2001:DB8:0::/48', '192.0.2.7/32'],
      rateLimit: { limit: 10, window: 60 },
      startsAt,
      expiresAt,
    });
    expect([status, body.errors]).toEqual([201, undefined]);
    expect(body).toMatchObject({
      scopes: [`catalog.change_product:${id}`, 'catalog.view_product'],
      allowedIps: ['192.0.2.7/32', '2001:db8::/48'],
      rateLimit: { limit: 10, window: 60 },
      status: 'not_yet_valid',
      startsAt,
      expiresAt,
    });
    expect((await her.make({ name: 'none', scopes: [] })).body.scopes).toEqual([]);
  });

  it('are warned of 30, 7 and 1 days before they end, the first of these that is still ahead', async () => {
    const { desk: her } = await desk();
    const days = async (life: number) => {
      const { body } = await her.make({ name: 'x', expiresAt: after(life * DAY) });
      const [row] = await test.database.query<{ next_warning_at: Date | null }[]>(
        'SELECT next_warning_at FROM api_keys WHERE id = $1',
        [body.id],
      );
      const end = new Date(body.expiresAt).getTime();
      return row?.next_warning_at && (end - row.next_warning_at.getTime()) / DAY / 1000;
    };
    expect([await days(31), await days(30), await days(2), await days(0.5)]).toEqual([
      30,
      7,
      1,
      null,
    ]);
  });

  const LONG = 'x'.repeat(10_240);
  it.each<[string, object, string[]]>([
    ['no name', {}, ['name required']],
    ['an empty name', { name: ' ' }, ['name too_short']],
    ['L17 a name with a line break', { name: 'a\r\nb' }, ['name invalid_characters']],
    ['L17 a name from right to left', { name: '\u202eevil' }, ['name invalid_characters']],
    ['L17 a name of 10 KB', { name: LONG }, ['name too_long']],
    ['a name that is a number', { name: 7 }, ['name invalid_type']],
    ['L08 another owner', { name: 'x', userId: uuidv7() }, ['userId unknown_field']],
    [
      'L08 another owner in other words',
      { name: 'x', ownerId: uuidv7() },
      ['ownerId unknown_field'],
    ],
    [
      'a permission that there is not',
      { scopes: ['catalog.view_product', 'a.b_c'] },
      ['scopes.1 unknown_scope'],
    ],
    ['a scope on no object', { scopes: ['catalog.view_product:7'] }, ['scopes.0 unknown_scope']],
    ['a scope of 10 KB', { scopes: [LONG] }, ['scopes.0 unknown_scope']],
    [
      'scopes of other types',
      { scopes: [1, null, {}, []] },
      [0, 1, 2, 3].map((i) => `scopes.${String(i)} invalid_type`),
    ],
    ['scopes in one text', { scopes: 'catalog.view_product' }, ['scopes invalid_type']],
    ['scopes in an object', { scopes: { 0: 'catalog.view_product' } }, ['scopes invalid_type']],
    ['101 scopes', { scopes: Array(101).fill('catalog.view_product') }, ['scopes too_many']],
    ['51 ranges', { allowedIps: Array(51).fill('192.0.2.1') }, ['allowedIps too_many']],
    ['no ranges', { allowedIps: null }, ['allowedIps invalid_type']],
    [
      'wrong ranges',
      { allowedIps: ['::1', '192.0.2.1/24', 'localhost'] },
      ['allowedIps.1 invalid_range', 'allowedIps.2 invalid_range'],
    ],
    ['half a rate', { rateLimit: { limit: 1 } }, ['rateLimit.window required']],
    [
      'a rate of nothing',
      { rateLimit: { limit: 0, window: 1.5 } },
      ['rateLimit.limit out_of_range', 'rateLimit.window out_of_range'],
    ],
    ['a rate that is a number', { rateLimit: 5 }, ['rateLimit invalid_type']],
    ['an end that was', { expiresAt: '2020-01-01T00:00:00Z' }, ['expiresAt not_in_future']],
    ['an end too far away', { expiresAt: '2099-01-01T00:00:00Z' }, ['expiresAt too_late']],
    ['an end on no day', { expiresAt: '2027-02-30T00:00:00Z' }, ['expiresAt invalid_moment']],
    ['an end as a number', { expiresAt: 4102444800 }, ['expiresAt invalid_type']],
    ['a start that was', { startsAt: '0000-01-01T00:00:00Z' }, ['startsAt not_in_future']],
    ['a start after the end', { startsAt: '2099-01-01T00:00:00Z' }, ['startsAt not_before_end']],
  ])('are not made with %s', async (_, wish, complaints) => {
    const { desk: her } = await desk();
    const wanted = complaints.some((text) => text.startsWith('name'))
      ? wish
      : { name: 'x', ...wish };
    const answer = await changingNoRow(test, () => her.make(wanted));
    expectProblem(answer, 400, 'validation_failed');
    expect(complaintsOf(answer)).toEqual(complaints);
  });

  it('L17 may be named with markup, which is text and nothing else', async () => {
    const { desk: her } = await desk();
    const name = '<script>alert(1)</script>';
    const { body, headers } = await her.make({ name });
    expect(body.name).toBe(name);
    expect(headers['content-type']).toContain('application/json');
    expectProblem(await her.make({ name: 'é'.repeat(101) }), 400, 'validation_failed');
    expect((await her.make({ name: '🚋'.repeat(100) })).status).toBe(201);
  });
});
