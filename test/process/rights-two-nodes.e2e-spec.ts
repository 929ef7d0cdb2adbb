import { setTimeout as sleep } from 'node:timers/promises';
import { v7 as uuidv7 } from 'uuid';
import { removeProgram } from '../support/server-process.js';
import { call, type SignedIn, times, TwoNodes } from './two-nodes.js';

jest.setTimeout(180_000);

/** Somebody who may view a product, how it came to that, and how it ends. */
interface Case {
  readonly who: SignedIn;
  readonly product: string;
}

describe('On two nodes', () => {
  const fleet = new TwoNodes();

  beforeAll(() => fleet.start());
  afterAll(async () => {
    await fleet.stop();
    removeProgram();
  });

  const sql = (statement: string, ...values: unknown[]) => fleet.database.query(statement, values);
  const read = ({ who, product }: Case, node: number) =>
    call('GET', `${fleet.urls[node] ?? ''}/v1/catalog/products/${product}`, who.cookie);

  const someProduct = async () => {
    const id = uuidv7();
    await sql(
      `INSERT INTO catalog_products (id, name, description, price, currency, created_at, updated_at)
       VALUES ($1, 'Tram', '', 100, 'EUR', now(), now())`,
      id,
    );
    return id;
  };
  const someGroup = async () => {
    const id = uuidv7();
    await sql(
      'INSERT INTO groups (id, name, name_canonical, created_at, updated_at) VALUES ($1, $2, $2, now(), now())',
      id,
      id,
    );
    return id;
  };
  const VIEW = `(SELECT id FROM permissions WHERE name = 'catalog.view_product')`;
  const grant = (holder: 'user' | 'group', id: string, product: string) =>
    sql(
      `INSERT INTO object_permissions (id, ${holder}_id, permission_id, object_id, created_at) VALUES ($1, $2, ${VIEW}, $3, now())`,
      uuidv7(),
      id,
      product,
    );
  const join = (group: string, user: string) =>
    sql(
      'INSERT INTO group_members (group_id, user_id, created_at) VALUES ($1, $2, now())',
      group,
      user,
    );

  /** Each gives, and answers with what takes it away. */
  const ways: Readonly<Record<string, (given: Case) => Promise<() => Promise<unknown>>>> = {
    'a grant': async ({ who, product }) => {
      await grant('user', who.userId, product);
      return () => sql('DELETE FROM object_permissions WHERE object_id = $1', product);
    },
    "a group's grant": async ({ who, product }) => {
      const group = await someGroup();
      await grant('group', group, product);
      await join(group, who.userId);
      return () => sql('DELETE FROM object_permissions WHERE group_id = $1', group);
    },
    'a membership': async ({ who, product }) => {
      const group = await someGroup();
      await grant('group', group, product);
      await join(group, who.userId);
      return () => sql('DELETE FROM group_members WHERE user_id = $1', who.userId);
    },
    'an inclusion': async ({ who, product }) => {
      const [outer, inner] = [await someGroup(), await someGroup()];
      await grant('group', outer, product);
      await join(inner, who.userId);
      await sql(
        'INSERT INTO group_inclusions (group_id, included_id, created_at) VALUES ($1, $2, now())',
        outer,
        inner,
      );
      return () => sql('DELETE FROM group_inclusions WHERE group_id = $1', outer);
    },
    "a group's permission": async ({ who }) => {
      const group = await someGroup();
      await join(group, who.userId);
      await sql(
        `INSERT INTO group_permissions (group_id, permission_id, created_at) VALUES ($1, ${VIEW}, now())`,
        group,
      );
      return () => sql('DELETE FROM group_permissions WHERE group_id = $1', group);
    },
    'a group': async ({ who, product }) => {
      const group = await someGroup();
      await grant('group', group, product);
      await join(group, who.userId);
      return () => sql('DELETE FROM groups WHERE id = $1', group);
    },
    'a permission': async ({ who }) => {
      await sql(
        `INSERT INTO user_permissions (user_id, permission_id, created_at) VALUES ($1, ${VIEW}, now())`,
        who.userId,
      );
      return () => sql('DELETE FROM user_permissions WHERE user_id = $1', who.userId);
    },
    'being a superuser': async ({ who }) => {
      await sql('UPDATE users SET is_superuser = true WHERE id = $1', who.userId);
      return () => sql('UPDATE users SET is_superuser = false WHERE id = $1', who.userId);
    },
  };

  it('what is taken away elsewhere is refused, 1,000 times, none accepted after a second', async () => {
    await sql(
      'UPDATE users SET is_superuser = true WHERE id = $1',
      (await fleet.signedIn()).userId,
    );
    const kinds = Object.values(ways);
    const late: number[] = [];
    for (let batch = 0; batch < 40; batch++) {
      const all = await Promise.all(
        times(25, async (i) => {
          const given = { who: await fleet.signedIn(), product: await someProduct() };
          return { given, take: await kinds[(batch * 25 + i) % kinds.length]!(given) };
        }),
      );
      for (const { given } of all) while ((await read(given, 1)).status !== 200) await sleep(1);
      await Promise.all(
        all.map(async ({ given, take }) => {
          await take();
          const taken = performance.now();
          while ((await read(given, 1)).status !== 404) await sleep(1);
          late.push(performance.now() - taken);
        }),
      );
    }
    expect(late).toHaveLength(1000);
    expect(Math.max(...late)).toBeLessThan(1000);
  });

  it.each(Object.keys(ways))('%s that is given elsewhere holds within a second', async (way) => {
    const given = { who: await fleet.signedIn(), product: await someProduct() };
    for (const node of [0, 1]) expect((await read(given, node)).status).toBe(404);
    await ways[way]!(given);
    const held = performance.now();
    while ((await read(given, 1)).status !== 200) await sleep(1);
    expect(performance.now() - held).toBeLessThan(1000);
  });

  it('a product is gone with all rights on it, and a new one of its id has none', async () => {
    const given = { who: await fleet.signedIn(), product: await someProduct() };
    await grant('user', given.who.userId, given.product);
    while ((await read(given, 1)).status !== 200) await sleep(1);
    await sql('DELETE FROM catalog_products WHERE id = $1', given.product);
    await sql(
      `INSERT INTO catalog_products (id, name, description, price, currency, created_at, updated_at)
       VALUES ($1, 'Another', '', 100, 'EUR', now(), now())`,
      given.product,
    );
    const gone = performance.now();
    while ((await read(given, 1)).status !== 404) await sleep(1);
    expect(performance.now() - gone).toBeLessThan(1000);
    expect((await read(given, 0)).status).toBe(404);
  });
});
