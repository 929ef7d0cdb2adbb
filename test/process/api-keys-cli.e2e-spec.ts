import { randomBytes } from 'node:crypto';
import { ApiKey, prefixOf } from '../../src/api-keys/api-key.js';
import { makeKey } from '../support/api-keys.js';
import { LogBook } from '../support/audit.js';
import { heard } from '../support/heard.js';
import { type MadeUser, Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { KEY_OF_THE_RUN, startTestApp, type TestApp } from '../support/test-app.js';
import { cleanUpCli, cli, compileCli, written } from './cli-support.js';

describe('The command `api-keys`', () => {
  let test: TestApp;
  let ann: MadeUser;

  beforeAll(async () => {
    compileCli();
    test = await startTestApp();
    ann = await new Make(test).user();
  });
  afterAll(async () => {
    cleanUpCli();
    await test.close();
  });

  const made = (given = {}) => makeKey(test, ann.user.id, given);
  const prefixOfKey = ({ id }: { readonly id: string }) => prefixOf('test', id);

  it('lists the keys of one owner, newest first, and no secret', async () => {
    const first = await made({ name: 'Billing "east"' });
    const second = await made();
    await test.database.query(
      "UPDATE api_keys SET last_used_at = created_at, last_used_ip = '203.0.113.7' WHERE id = $1",
      [second.id],
    );
    const { code, out } = await cli(`api-keys list --owner ${ann.email}`);
    expect(code).toBe(0);
    const end = first.row.expiresAt.toISOString();
    expect(out.split('\n')).toEqual([
      `${prefixOfKey(second)}  active         until ${second.row.expiresAt.toISOString()}  used ${second.row.createdAt.toISOString()} from 203.0.113.7  ${ann.email}  "a server"`,
      `${prefixOfKey(first)}  active         until ${end}  never used  ${ann.email}  "Billing \\"east\\""`,
      '',
    ]);
    for (const { key } of [first, second]) {
      expect(written.join('')).not.toContain(key.split('_')[3]);
    }
  });

  it('lists those of an owner named by id, or of everybody', async () => {
    const key = await made();
    const hers = await cli(`api-keys list --owner ${ann.user.id}`);
    expect(hers.out).toContain(`${prefixOfKey(key)}  active`);
    const all = await cli('api-keys list');
    for (const line of hers.out.trim().split('\n')) expect(all.out).toContain(line);
    const other = await new Make(test).user();
    const none = await cli(`api-keys list --owner ${other.email}`);
    expect(none).toMatchObject({ code: 0, out: 'There are none.\n' });
  });

  it('lists more keys than it reads at once, each of them once', async () => {
    const many = await new Make(test).user();
    const { id } = await makeKey(test, many.user.id);
    await test.database.query(
      `INSERT INTO api_keys (id, user_id, name, environment, secret_mac, pepper_id, is_scoped, created_at, expires_at)
       SELECT gen_random_uuid(), user_id, 'no. ' || i, environment, secret_mac, pepper_id, is_scoped, created_at, expires_at
         FROM api_keys, generate_series(1, 1100) i WHERE id = $1`,
      [id],
    );
    const { out } = await cli(`api-keys list --owner ${many.email}`);
    const lines = out.trim().split('\n');
    expect(lines).toHaveLength(1101);
    expect(new Set(lines.map((line) => line.split(' ')[0])).size).toBe(1101);
    await test.database.query('DELETE FROM api_keys WHERE user_id = $1', [many.user.id]);
  });

  it.each(['id', 'beginning'])('revokes by %s, beside a running server', async (by) => {
    const key = await made();
    expect((await key.client.me()).status).toBe(200);
    const words = `api-keys revoke --key ${by === 'id' ? key.id : prefixOfKey(key)}`;
    expect(await cli(words)).toMatchObject({
      code: 0,
      out: `${prefixOfKey(key)} ("a server") is revoked. Tell its owner: no mail is sent.\n`,
    });
    await heard(test);
    expectProblem(await key.client.me(), 401, 'invalid_token');
    const events = await (await LogBook.of(test)).about(ann.user.id);
    expect(events.at(-1)).toMatchObject({
      action: 'api_key_revoked',
      actorId: null,
      details: { apiKeyId: key.id, by: 'command line' },
    });
    expect(await cli(words)).toMatchObject({
      code: 0,
      out: `${prefixOfKey(key)} was revoked already.\n`,
    });
    const again = await (await LogBook.of(test)).about(ann.user.id);
    expect(again).toHaveLength(events.length);
  });

  it('revokes a whole key from standard input, if it is a key and no guess', async () => {
    const key = await made();
    const guess = ApiKey.issue('test', key.id).reveal();
    for (const text of [guess, ApiKey.issue('test').reveal(), 'hunter2', '']) {
      expect(await cli('api-keys revoke --stdin', text)).toMatchObject({
        code: 1,
        err: expect.stringContaining('That is no key of this server.') as string,
      });
    }
    expect((await key.client.me()).status).toBe(200);
    expect((await cli('api-keys revoke --stdin', `${key.key}\n`)).code).toBe(0);
    await heard(test);
    expectProblem(await key.client.me(), 401, 'invalid_token');
    expect(written.join('')).not.toContain(key.key.split('_')[3]);
  });

  it('takes no whole key from the command line, and does not repeat it', async () => {
    const { key, client } = await made();
    const { code, err } = await cli(`api-keys revoke --key ${key}`);
    expect(code).toBe(2);
    expect(err).toContain('--stdin');
    expect(err).not.toContain(key.split('_')[3]);
    expect((await client.me()).status).toBe(200);
  });

  it.each([
    'api-keys',
    'api-keys rotate',
    'api-keys revoke',
    'api-keys revoke --owner ann@example.com --stdin',
    'api-keys revoke --stdin --key gh_test_02ySGrkDXAve4d8fkFt27B',
    'api-keys list --stdin',
    'api-keys list --key gh_test_02ySGrkDXAve4d8fkFt27B',
    'api-keys list ann@example.com',
  ])('is not called with `%s`', async (words) => {
    expect((await cli(words)).code).toBe(2);
  });

  it.each([
    ['list --owner nobody@example.com', 'Nobody signs in with nobody@example.com.'],
    ['revoke --key billing', 'That is neither an id nor how a key begins.'],
    ['revoke --key gh_test_short', 'That is neither an id nor how a key begins.'],
    ['revoke --key gh_test_02ySGrkDXAve4d8fkFt27B', 'There is no such key.'],
    ['revoke --key 01939f5c-7b0a-7c3e-8a51-3f1d2c4b5a69', 'There is no such key.'],
  ])('tells what is wrong with `%s`', async (words, told) => {
    expect(await cli(`api-keys ${words}`)).toMatchObject({ code: 1, err: `${told}\n` });
  });

  it('`keys status` says how many keys are hashed with older peppers', async () => {
    await made();
    const { code, out } = await cli('keys status');
    expect(code).toBe(0);
    const [, newest, older] =
      /^API keys: (\d+) hashed with the newest pepper, (\d+) with older/m.exec(out) ?? [];
    expect(Number(newest)).toBeGreaterThan(0);
    expect(older).toBe('0');
    const peppers = () =>
      test.database.query<unknown[]>('SELECT id FROM api_key_peppers ORDER BY id');
    const before = await peppers();
    const fresh = randomBytes(32).toString('base64');
    const later = await cli('keys status', '', {
      SECRET_KEYS: `${fresh},${KEY_OF_THE_RUN}`,
    });
    expect(later.out).toContain(`API keys: 0 hashed with the newest pepper, ${newest} with older`);
    expect(await peppers()).toEqual(before); // it changes nothing
  });
});
