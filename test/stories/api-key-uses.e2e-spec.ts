import type pg from 'pg';
import type { DataSource } from 'typeorm';
import { ApiKeyUse } from '../../src/api-keys/api-key-use.entity.js';
import { ApiKeyUsesService } from '../../src/api-keys/api-key-uses.service.js';
import { ApiKey } from '../../src/api-keys/api-key.js';
import { createDataSource } from '../../src/data-source.js';
import { keyRow, type MadeKey, makeKey, retireKey } from '../support/api-keys.js';
import { Client } from '../support/client.js';
import { behindItsBack, heard } from '../support/heard.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { statementsOf } from '../support/queries.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const HERE = '198.51.100.7';
const THERE = '2001:db8::7';

describe('How an API key is used', () => {
  let test: TestApp;
  let uses: ApiKeyUsesService;

  beforeAll(async () => {
    test = await startTestApp({ environment: { TRUST_PROXY: '1' } });
    uses = test.app.get(ApiKeyUsesService, { strict: false });
  });
  afterAll(() => test.close());

  const someKey = async () => makeKey(test, (await new Make(test).user()).user.id);
  const callFrom = (ip: string, { key }: Pick<MadeKey, 'key'>) =>
    new Client(test)
      .withKey(key)
      .send({ method: 'GET', url: '/v1/users/me', headers: { 'x-forwarded-for': ip } });
  const times = async (count: number, ip: string, made: MadeKey) => {
    for (let i = 0; i < count; i++) expect((await callFrom(ip, made)).status).toBe(200);
  };
  const addressesOf = async ({ id }: MadeKey) => {
    const rows = await test.database.getRepository(ApiKeyUse).findBy({ keyId: id });
    return Object.fromEntries(rows.map(({ ip, count }) => [ip, count]));
  };
  /** The same as another node would count, which knows of the other only the table. */
  const elsewhere = (dataSource: DataSource = test.database) =>
    new ApiKeyUsesService(dataSource, test.clock);

  it('is written for all keys in one statement, a minute later', async () => {
    const [one, two] = [await someKey(), await someKey()];
    await times(3, HERE, one);
    await times(2, THERE, two);
    expect(await keyRow(test, one.id)).toMatchObject({ useCount: 0, lastUsedAt: null });
    const before = test.clock.millis();
    expect(await statementsOf(() => uses.write())).toHaveLength(1);
    const [first, second] = [await keyRow(test, one.id), await keyRow(test, two.id)];
    expect(first).toMatchObject({ useCount: 3, lastUsedIp: HERE });
    expect(second).toMatchObject({ useCount: 2, lastUsedIp: THERE });
    expect(before - first.lastUsedAt!.getTime()).toBeLessThan(10_000);
    await times(4, THERE, one);
    await uses.write();
    expect(await keyRow(test, one.id)).toMatchObject({ useCount: 7, lastUsedIp: THERE });
  });

  it('that was refused is none', async () => {
    const made = await someKey();
    await times(1, HERE, made);
    const wrong = { key: ApiKey.issue('test', made.id).reveal() };
    expectProblem(await callFrom(THERE, wrong), 401, 'invalid_token');
    await behindItsBack(
      test,
      "UPDATE api_keys SET allowed_ips = '{198.51.100.0/24}' WHERE id = $1",
      [made.id],
    );
    expectProblem(await callFrom(THERE, made), 403, 'address_not_allowed');
    await behindItsBack(test, 'UPDATE api_keys SET disabled_at = now() WHERE id = $1', [made.id]);
    expectProblem(await callFrom(HERE, made), 401, 'invalid_token');
    await uses.write();
    expect(await keyRow(test, made.id)).toMatchObject({ useCount: 1, lastUsedIp: HERE });
  });

  it('from an address that the proxy does not name is one from nowhere', async () => {
    const made = await someKey();
    await times(1, "'; DROP TABLE api_keys; --", made);
    await uses.write();
    expect(await keyRow(test, made.id)).toMatchObject({ useCount: 1 });
  });

  it('adds up over nodes, and its time never goes back', async () => {
    const made = await someKey();
    const other = elsewhere();
    const fact = { id: made.id } as Parameters<ApiKeyUsesService['note']>[0];
    other.note(fact, THERE);
    test.clock.forward(30);
    await times(1, HERE, made);
    await uses.write();
    const { lastUsedAt } = await keyRow(test, made.id);
    await other.write();
    expect(await keyRow(test, made.id)).toMatchObject({
      useCount: 2,
      lastUsedAt,
      lastUsedIp: HERE,
    });
  });

  it('is lost by none of twenty nodes that write at once', async () => {
    const keys = await Promise.all(Array.from({ length: 5 }, someKey));
    const nodes = Array.from({ length: 20 }, () => elsewhere());
    nodes.forEach((node, i) => {
      const facts = keys.map(({ id }) => ({
        id,
        retiring: { since: new Date(), until: new Date() },
      })) as Parameters<ApiKeyUsesService['note']>[0][];
      if (i % 2 === 1) facts.reverse();
      for (const fact of facts) {
        for (let n = 0; n < 5; n++) node.note(fact, `198.51.100.${String(i * 5 + n)}`);
      }
    });
    await Promise.all(nodes.map((node) => node.write()));
    for (const key of keys) {
      expect(await keyRow(test, key.id)).toMatchObject({ useCount: 100 });
      const { '': others, ...named } = await addressesOf(key);
      expect(Object.keys(named)).toHaveLength(20);
      expect(others).toBe(80);
    }
  });

  it('by address is told of a key that has a successor, and of no other', async () => {
    const old = await someKey();
    await times(2, HERE, old);
    const successor = await retireKey(test, old);
    await times(3, HERE, old);
    await times(1, THERE, old);
    await times(5, HERE, successor);
    await uses.write();
    await times(2, THERE, old);
    await uses.write();
    expect(await addressesOf(old)).toEqual({ [HERE]: 3, [THERE]: 3 });
    expect(await addressesOf(successor)).toEqual({});
    expect(await keyRow(test, old.id)).toMatchObject({ useCount: 8 });
  });

  it('by address is told of twenty, and of the rest together', async () => {
    const old = await someKey();
    await retireKey(test, old);
    for (let i = 0; i < 15; i++) await times(1, `198.51.100.${String(i)}`, old);
    await uses.write();
    for (let i = 0; i < 50; i++) await times(1, `203.0.113.${String(i)}`, old);
    await uses.write();
    await times(2, '198.51.100.3', old);
    await times(1, '192.0.2.1', old);
    await uses.write();
    const { '': others, ...named } = await addressesOf(old);
    expect(Object.keys(named)).toHaveLength(20);
    expect(named['198.51.100.3']).toBe(3);
    expect((others ?? 0) + Object.values(named).reduce((sum, n) => sum + n, 0)).toBe(68);
  });

  it('that could not be written is written later, once', async () => {
    const made = await someKey();
    const broken = await createDataSource(test.settings, process.env['DATABASE_URL']!).initialize();
    const other = elsewhere(broken);
    const fact = { id: made.id } as Parameters<ApiKeyUsesService['note']>[0];
    for (let i = 0; i < 3; i++) other.note(fact, HERE);
    const failing = jest.spyOn(broken.manager, 'query').mockRejectedValueOnce(new Error('away'));
    await expect(other.write()).rejects.toThrow('away');
    failing.mockRestore();
    other.note(fact, HERE);
    await other.write();
    await other.write();
    await broken.destroy();
    expect(await keyRow(test, made.id)).toMatchObject({ useCount: 4 });
  });

  it('of a key that is gone meanwhile stops nothing', async () => {
    const [gone, stays] = [await someKey(), await someKey()];
    await retireKey(test, gone);
    await times(1, HERE, gone);
    await times(1, HERE, stays);
    await test.database.query('DELETE FROM api_keys WHERE id = $1', [gone.id]);
    await uses.write();
    expect(await keyRow(test, stays.id)).toMatchObject({ useCount: 1 });
  });

  it('is announced to nobody', async () => {
    const made = await someKey();
    await retireKey(test, made);
    await times(1, HERE, made);
    await heard(test);
    expect(await announcedBy(() => uses.write())).toEqual([]);
    const told = await announcedBy(() =>
      test.database.query("UPDATE api_keys SET name = 'another' WHERE id = $1", [made.id]),
    );
    expect(told).toEqual([`api_keys:${made.id}`]);
    expect(await keyRow(test, made.id)).toMatchObject({ useCount: 1 });
  });

  /** What any node hears while it is done. */
  const announcedBy = async (work: () => Promise<unknown>): Promise<string[]> => {
    const runner = test.database.createQueryRunner();
    const client = (await runner.connect()) as unknown as pg.Client;
    const said: string[] = [];
    const listen = ({ payload = '' }) => said.push(payload);
    client.on('notification', listen);
    await runner.query('LISTEN gatehouse');
    await work();
    await runner.query('UNLISTEN gatehouse');
    client.off('notification', listen);
    await runner.release();
    return said.filter((text) => text.startsWith('api_key'));
  };

  it('L16 at 500 requests costs one write of its row, and waits for nobody who holds it', async () => {
    const made = await someKey();
    await times(1, HERE, made);
    await uses.write();
    const runner = test.database.createQueryRunner();
    await runner.startTransaction();
    await runner.query('SELECT 1 FROM api_keys WHERE id = $1 FOR UPDATE', [made.id]);
    expect(await statementsOf(() => times(500, HERE, made))).toEqual([]);
    await runner.commitTransaction();
    await runner.release();
    const written = await statementsOf(() => uses.write());
    expect(written.filter((text) => text.includes('api_keys'))).toHaveLength(1);
    expect(await keyRow(test, made.id)).toMatchObject({ useCount: 501 });
    expect(await statementsOf(() => uses.write())).toEqual([]);
  });

  it('is written when a node stops', async () => {
    const other = await startTestApp();
    const made = await makeKey(other, (await new Make(other).user()).user.id);
    expect((await made.client.me()).status).toBe(200);
    await other.close();
    expect(await keyRow(test, made.id)).toMatchObject({ useCount: 1 });
  });
});
