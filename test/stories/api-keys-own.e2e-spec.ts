import { v7 as uuidv7 } from 'uuid';
import { LogBook } from '../support/audit.js';
import { Client } from '../support/client.js';
import { Make } from '../support/make.js';
import { MANY_MAILS } from '../support/many-mails.js';
import { KeyDesk } from '../support/own-keys.js';
import { complaintsOf, expectProblem } from '../support/problems.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

/** Security catalogue 4.L: somebody looks after the keys of her programs. */
describe('Keys of one’s own', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    const environment = { EMAIL_VERIFICATION: 'optional', ACCESS_TOKEN_TTL: '3600' };
    test = await startTestApp({ environment: { ...MANY_MAILS, ...environment } });
    make = new Make(test);
  });
  afterAll(() => test.close());

  const desk = async () => {
    const made = await make.signedIn();
    return { ...made, desk: new KeyDesk(made.client) };
  };
  const withKey = (key: string) => new Client(test).withKey(key);

  it('are changed: name, ranges, rate, off and on; nothing that is left out', async () => {
    const { desk: her, user } = await desk();
    const { body: key } = await her.make({ name: 'before', allowedIps: ['127.0.0.1'] });
    const { status, body } = await her.change(key.id, {
      name: 'after',
      rateLimit: { limit: 5, window: 1 },
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({
      name: 'after',
      allowedIps: ['127.0.0.1/32'],
      rateLimit: { limit: 5, window: 1 },
    });
    expect(body).not.toHaveProperty('key');
    const [event] = (await (await LogBook.of(test)).about(user.id)).slice(-1);
    expect(event).toMatchObject({
      action: 'api_key_changed',
      details: {
        apiKeyId: key.id,
        before: { name: 'before', rateLimit: null },
        after: { name: 'after', rateLimit: '5/1s' },
      },
    });
    await her.change(key.id, { allowedIps: ['192.0.2.9'], rateLimit: null });
    expectProblem(await withKey(key.key).me(), 403, 'address_not_allowed');
    await her.change(key.id, { allowedIps: [] });
    expect((await withKey(key.key).me()).status).toBe(200);
  });

  it('that are to be what they are stay untouched, without a word in the log book', async () => {
    const { desk: her } = await desk();
    const { body: key } = await her.make({ name: 'same' });
    const { body: off } = await her.change(key.id, { disabled: true });
    const events = async () =>
      (await (await LogBook.of(test)).read('action=api_key_changed')).length;
    const before = await events();
    const answer = await changingNoRow(test, () =>
      her.change(key.id, { disabled: true, name: 'same' }),
    );
    expect(answer.body).toEqual(off);
    expect((await her.change(key.id, {})).body.disabledAt).toBe(off.disabledAt);
    expect(await events()).toBe(before);
  });

  it.each<[object, string[]]>([
    [{ scopes: [] }, ['scopes unknown_field']],
    [{ expiresAt: null }, ['expiresAt unknown_field']],
    [{ name: null }, ['name invalid_type']],
    [{ disabled: 'no' }, ['disabled invalid_type']],
    [{ disabled: null }, ['disabled invalid_type']],
    [{ revokedAt: null, id: 'x' }, ['revokedAt unknown_field', 'id unknown_field']],
    [{ allowedIps: ['300.0.0.1'] }, ['allowedIps.0 invalid_range']],
  ])('are not changed by %j', async (wish, complaints) => {
    const { desk: her } = await desk();
    const { body: key } = await her.make();
    const answer = await changingNoRow(test, () => her.change(key.id, wish));
    expectProblem(answer, 400, 'validation_failed');
    expect(complaintsOf(answer)).toEqual(complaints);
  });

  it('are revoked for good: at once, and whoever has one may try again', async () => {
    const { desk: her, user } = await desk();
    const { body: key } = await her.make();
    expect((await withKey(key.key).me()).status).toBe(200);
    expect(await her.revoke(key.id)).toMatchObject({ status: 204, text: '' });
    for (let i = 0; i < 3; i++) expectProblem(await withKey(key.key).me(), 401, 'invalid_token');
    expect(await her.shown(key.id)).toMatchObject({
      status: 'revoked',
      revokedAt: expect.any(String) as string,
    });
    expect((await changingNoRow(test, () => her.revoke(key.id))).status).toBe(204);
    expectProblem(await her.change(key.id, { disabled: false }), 409, 'api_key_ended');
    expectProblem(await her.rotate(key.id), 409, 'api_key_ended');
    const words = await (await LogBook.of(test)).words(user.id);
    expect(words.filter((word) => word === 'api_key_revoked success')).toHaveLength(1);
    const [row] = await test.database.query<object[]>(
      'SELECT next_warning_at FROM api_keys WHERE id = $1',
      [key.id],
    );
    expect(row).toEqual({ next_warning_at: null });
  });

  it('come in pages, newest first', async () => {
    const { desk: her } = await desk();
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c']) ids.unshift((await her.make({ name })).body.id);
    const first = await her.list('?limit=2');
    expect(first.body.items.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const rest = await her.list(`?limit=2&cursor=${String(first.body.nextCursor)}`);
    expect(rest.body).toMatchObject({ items: [{ id: ids[2] }], nextCursor: null });
  });

  it('are nobody else’s business: another’s key is not there', async () => {
    const [ann, bob] = [await desk(), await desk()];
    const { body: key } = await ann.desk.make();
    await changingNoRow(test, async () => {
      for (const id of [key.id, uuidv7(), 'x']) {
        expectProblem(await bob.desk.change(id, { name: 'mine' }), 404, 'not_found');
        expectProblem(await bob.desk.rotate(id), 404, 'not_found');
        expectProblem(await bob.desk.revoke(id), 404, 'not_found');
      }
    });
    expect((await bob.desk.list()).body.items).toEqual([]);
    expect((await withKey(key.key).me()).status).toBe(200);
  });

  const calls = (desk: KeyDesk, id: string): (() => Promise<{ status: number }>)[] => [
    () => desk.list(),
    () => desk.make(),
    () => desk.change(id, { name: 'x' }),
    () => desk.rotate(id),
    () => desk.revoke(id),
  ];

  it('L07 are not managed with a key, whatever it may do', async () => {
    const { client } = await make.signedIn({ isSuperuser: true });
    const { body: key } = await new KeyDesk(client).make();
    const server = new KeyDesk(withKey(key.key));
    await changingNoRow(test, async () => {
      for (const call of calls(server, key.id)) {
        expectProblem((await call()) as never, 403, 'api_key_not_allowed');
      }
    });
  });

  it('L08 are not managed without a session', async () => {
    const { desk: her, user } = await desk();
    const { body: key } = await her.make();
    const stranger = new KeyDesk(new Client(test));
    await changingNoRow(test, async () => {
      for (const call of calls(stranger, key.id)) {
        expectProblem((await call()) as never, 401, 'not_authenticated');
      }
      const wish = { name: 'x', userId: user.id, ownerId: user.id };
      expectProblem(await stranger.make(wish), 401, 'not_authenticated');
    });
  });

  it('take a fresh proof to be made, changed or rotated; to list and to revoke them does not', async () => {
    const { email, password } = await make.user();
    const { body: signedIn } = await make.client.login(email, password);
    const her = new KeyDesk(make.client.as(signedIn.accessToken));
    const { body: key } = await her.make();
    test.clock.forward(test.settings.reauthenticationWindow + 1);
    expectProblem(await her.make(), 403, 'reauthentication_required');
    expectProblem(await her.change(key.id, { disabled: true }), 403, 'reauthentication_required');
    expectProblem(await her.rotate(key.id), 403, 'reauthentication_required');
    expect((await her.list()).body.items).toHaveLength(1);
    expect((await her.revoke(key.id)).status).toBe(204);
  });

  it('are for those whose address is proved', async () => {
    const { client } = await make.signedIn({ emailVerifiedAt: null });
    const her = new KeyDesk(client);
    expectProblem(await changingNoRow(test, () => her.make()), 403, 'email_not_verified');
  });
});
