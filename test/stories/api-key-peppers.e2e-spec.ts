import { randomBytes } from 'node:crypto';
import { ApiKey } from '../../src/api-keys/api-key.js';
import { PeppersService } from '../../src/api-keys/peppers.service.js';
import { ResealingService } from '../../src/database/resealing.service.js';
import { type MadeKey, makeKey } from '../support/api-keys.js';
import { withOwnDatabase } from '../support/audit.js';
import { Client } from '../support/client.js';
import { Make } from '../support/make.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

interface Hashed {
  readonly pepperId: string;
  readonly mac: string;
}

/** SECRET_KEYS are replaced in three steps (secret-keys): API keys live through all of them, used or not. */
describe('API keys, when the secret keys are replaced', () => {
  const [older, newer] = [randomBytes(32), randomBytes(32)].map((key) => key.toString('base64'));
  let url: string;
  let drop: () => Promise<void>;
  let test: TestApp;
  let used: MadeKey;
  let unused: MadeKey;

  beforeAll(async () => {
    ({ url, drop } = await withOwnDatabase('peppers'));
  });
  afterEach(() => test.close());
  afterAll(() => drop());

  const start = (...keys: unknown[]) =>
    startTestApp({ environment: { DATABASE_URL: url, SECRET_KEYS: keys.join(',') } });
  const peppers = ({ database }: TestApp) =>
    database.query<{ id: string }[]>('SELECT id FROM api_key_peppers ORDER BY id');
  const hashed = async ({ id }: MadeKey): Promise<Hashed> => {
    const [row] = await test.database.query<[Hashed]>(
      `SELECT pepper_id AS "pepperId", encode(secret_mac, 'hex') AS mac FROM api_keys WHERE id = $1`,
      [id],
    );
    return row;
  };
  const statusOf = async ({ key }: MadeKey) => (await new Client(test).withKey(key).me()).status;

  it('are hashed with the one pepper that two nodes make which start at once', async () => {
    const nodes = await Promise.all([start(older), start(older)]);
    [test] = nodes;
    expect(await peppers(test)).toHaveLength(1);
    const { user } = await new Make(test).user();
    [used, unused] = [await makeKey(test, user.id), await makeKey(nodes[1], user.id)];
    for (const node of nodes) {
      for (const { key } of [used, unused]) {
        expect((await new Client(node).withKey(key).me()).status).toBe(200);
      }
    }
    await nodes[1].close();
  });

  it('work on, and are hashed with the pepper of the new secret key once they are used', async () => {
    test = await start(newer, older);
    const [first, second] = await peppers(test);
    const before = await hashed(used);
    expect(before.pepperId).toBe(first?.id);
    for (let i = 0; i < 3; i++) expect(await statusOf(used)).toBe(200);
    const after = await hashed(used);
    expect(after.pepperId).toBe(second?.id);
    expect(after.mac).not.toBe(before.mac);
    expect((await hashed(unused)).pepperId).toBe(first?.id);
  });

  it('are hashed anew by one of 50 calls at once, and every one of them is answered', async () => {
    test = await start(newer, older);
    const { user } = await new Make(test).user();
    const key = await makeKey(test, user.id);
    const [first] = await peppers(test);
    const pepper = await test.app.get(PeppersService, { strict: false }).get(first?.id ?? '');
    const mac = ApiKey.parse('test', key.key)?.mac(pepper.bytes);
    await test.database.query('UPDATE api_keys SET pepper_id = $1, secret_mac = $2 WHERE id = $3', [
      first?.id,
      mac,
      key.id,
    ]);
    const statuses = await Promise.all(Array.from({ length: 50 }, () => statusOf(key)));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect((await hashed(key)).pepperId).not.toBe(first?.id);
  });

  it('do not need the older secret key any more, not even those that nobody has used since', async () => {
    test = await start(newer, older);
    await test.app.get(ResealingService, { strict: false }).reseal();
    await test.close();
    test = await start(newer);
    const [first, second] = await peppers(test);
    expect((await hashed(unused)).pepperId).toBe(first?.id);
    expect(await statusOf(unused)).toBe(200);
    expect((await hashed(unused)).pepperId).toBe(second?.id);
    expect(await statusOf(used)).toBe(200);
  });
});
