import { setTimeout as sleep } from 'node:timers/promises';
import { v7 as uuidv7 } from 'uuid';
import { ApiKeyRow } from '../../src/api-keys/api-key.entity.js';
import { ApiKey } from '../../src/api-keys/api-key.js';
import { removeProgram } from '../support/server-process.js';
import { callByKey, type KeyOnNodes, keyOnNodes } from './api-keys-on-nodes.js';
import { type Reply, times, TwoNodes } from './two-nodes.js';

jest.setTimeout(180_000);

describe('An API key on two nodes', () => {
  // A key that is deleted is an unknown one, and showing it a guess: here they all come from one address.
  const fleet = new TwoNodes({ LOGIN_FAILURES_PER_ADDRESS: '1000000' });

  beforeAll(() => fleet.start());
  afterAll(async () => {
    await fleet.stop();
    removeProgram();
  });

  const sql = (statement: string, ...values: unknown[]) => fleet.database.query(statement, values);
  const statusOf = async (key: KeyOnNodes, node: number, path?: string) =>
    (await callByKey(fleet, node, key, path)).status;
  const warm = async (key: KeyOnNodes) => {
    for (const node of [0, 1]) expect(await statusOf(key, node)).toBe(200);
  };

  /** Ways in which a key ends, behind both nodes' backs. */
  const endings: readonly ((key: KeyOnNodes) => Promise<unknown>)[] = [
    ({ id }) => sql('UPDATE api_keys SET revoked_at = now() WHERE id = $1', id),
    ({ id }) => sql('UPDATE api_keys SET disabled_at = now() WHERE id = $1', id),
    ({ id }) => sql('UPDATE api_keys SET retires_at = now() WHERE id = $1', id),
    ({ id }) => sql('DELETE FROM api_keys WHERE id = $1', id),
    ({ userId }) => sql('UPDATE users SET is_active = false WHERE id = $1', userId),
    ({ userId }) => sql('DELETE FROM users WHERE id = $1', userId),
  ];

  it('is refused on both within a second of its end, 300 times, mostly within milliseconds', async () => {
    const late: number[] = [];
    for (let batch = 0; batch < 10; batch++) {
      const keys = await Promise.all(times(30, () => keyOnNodes(fleet)));
      await Promise.all(
        keys.map(async (key, i) => {
          await warm(key);
          await endings[i % endings.length]?.(key);
          const ended = performance.now();
          while ((await statusOf(key, i % 2)) !== 401) await sleep(1);
          late.push(performance.now() - ended);
        }),
      );
    }
    expect(late).toHaveLength(300);
    late.sort((a, b) => a - b);
    expect(late[150]).toBeLessThan(250);
    expect(late.at(-1)).toBeLessThan(1000);
  });

  it('may not do what is taken from its owner, or from its scopes, within a second', async () => {
    const VIEW = `(SELECT id FROM permissions WHERE name = 'catalog.view_product')`;
    const give = (userId: string) =>
      sql(
        `INSERT INTO user_permissions (user_id, permission_id, created_at) VALUES ($1, ${VIEW}, now())`,
        userId,
      );
    const scope = (keyId: string) =>
      sql(
        `INSERT INTO api_key_scopes (id, key_id, permission_id) VALUES ($1, $2, ${VIEW})`,
        uuidv7(),
        keyId,
      );
    const takings: ((key: KeyOnNodes) => Promise<unknown>)[] = [
      ({ userId }) => sql('DELETE FROM user_permissions WHERE user_id = $1', userId),
      ({ id }) => sql('DELETE FROM api_key_scopes WHERE key_id = $1', id),
      ({ id }) => sql(`UPDATE api_keys SET allowed_ips = '{192.0.2.1/32}' WHERE id = $1`, id),
    ];
    const product = uuidv7();
    await sql(
      `INSERT INTO catalog_products (id, name, description, price, currency, created_at, updated_at)
       VALUES ($1, 'Tram', '', 100, 'EUR', now(), now())`,
      product,
    );
    const path = `/v1/catalog/products/${product}`;
    for (let round = 0; round < 30; round++) {
      const key = await keyOnNodes(fleet, { isScoped: true });
      await give(key.userId);
      await scope(key.id);
      for (const node of [0, 1]) expect(await statusOf(key, node, path)).toBe(200);
      await takings[round % takings.length]?.(key);
      const taken = performance.now();
      for (const node of [0, 1]) {
        while ((await statusOf(key, node, path)) === 200) await sleep(1);
      }
      expect(performance.now() - taken).toBeLessThan(1000);
    }
  });

  it('is judged rightly while the announcements are cut again and again', async () => {
    const cutting = new AbortController();
    const cutter = (async () => {
      while (!cutting.signal.aborted) {
        await sql(
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'gatehouse news' AND datname = current_database()",
        );
        await sleep(40);
      }
    })();
    let wrong = 0;
    for (let round = 0; round < 60; round++) {
      const [gone, stays] = [await keyOnNodes(fleet), await keyOnNodes(fleet)];
      for (const key of [gone, stays]) await warm(key);
      await endings[round % endings.length]?.(gone);
      await sleep(20);
      if ((await statusOf(gone, 1)) !== 401) wrong++;
      if ((await statusOf(stays, 1)) !== 200) wrong++;
    }
    cutting.abort();
    await cutter;
    expect(wrong).toBe(0);
  });

  const allowedOf = (answers: readonly Reply[]) =>
    answers.filter(({ status }) => status === 200).length;

  it.each([1, 9, 30])('of a small limit, %d, lets exactly so many pass', async (limit) => {
    const key = await keyOnNodes(fleet, { rateLimit: limit, rateWindow: 3600 });
    const answers = await Promise.all(times(200, (i) => callByKey(fleet, i % 2, key)));
    expect(allowedOf(answers)).toBe(limit);
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.body['code']).toBe('too_many_requests');
  });

  it('of a large limit never lets more pass, and a twentieth fewer at most', async () => {
    const key = await keyOnNodes(fleet, { rateLimit: 400, rateWindow: 3600 });
    const first = await Promise.all(times(30, () => callByKey(fleet, 1, key)));
    const rest = await Promise.all(times(600, () => callByKey(fleet, 0, key)));
    const allowed = allowedOf(first) + allowedOf(rest);
    expect(allowedOf(first)).toBe(30);
    expect(allowed).toBeLessThanOrEqual(400);
    expect(allowed).toBeGreaterThanOrEqual(380);
    const last = await Promise.all(times(100, () => callByKey(fleet, 1, key)));
    expect(allowed + allowedOf(last)).toBe(400);
  });

  it('is counted by both when they stop, and guesses at it are nowhere', async () => {
    const key = await keyOnNodes(fleet);
    const guess = { ...key, key: ApiKey.issue('test', key.id).reveal() };
    await Promise.all(times(200, (i) => callByKey(fleet, i % 2, key)));
    await Promise.all(times(10, (i) => callByKey(fleet, i % 2, guess)));
    for (const node of fleet.nodes) node.signal('SIGTERM');
    await Promise.all(fleet.nodes.map((node) => node.ended()));
    const row = await fleet.database.getRepository(ApiKeyRow).findOneByOrFail({ id: key.id });
    expect(row).toMatchObject({ useCount: 200, lastUsedIp: '127.0.0.1' });
  });
});
