import { setTimeout as sleep } from 'node:timers/promises';
import { v7 as uuidv7 } from 'uuid';
import { removeProgram } from '../support/server-process.js';
import { call, type SignedIn, TwoNodes } from './two-nodes.js';

jest.setTimeout(120_000);

describe('On two nodes', () => {
  const fleet = new TwoNodes();

  beforeAll(() => fleet.start());
  afterAll(async () => {
    await fleet.stop();
    removeProgram();
  });

  const sql = (statement: string, ...values: unknown[]) => fleet.database.query(statement, values);
  const sessions = (node: number, { cookie }: SignedIn) =>
    call('GET', `${fleet.urls[node] ?? ''}/v1/users/me/sessions`, cookie);
  /** Milliseconds until both nodes answer with this. */
  const until = async (who: SignedIn, status: number): Promise<number> => {
    const begun = performance.now();
    for (const node of [0, 1]) {
      while ((await sessions(node, who)).status !== status) {
        await sleep(1);
        if (performance.now() - begun > 10_000) throw new Error('It was never heard of');
      }
    }
    return performance.now() - begun;
  };
  const member = async () => {
    const [group, who] = [uuidv7(), await fleet.signedIn()];
    await sql(
      'INSERT INTO groups (id, name, name_canonical, created_at, updated_at) VALUES ($1, $2, $2, now(), now())',
      group,
      group,
    );
    await sql(
      'INSERT INTO group_members (group_id, user_id, created_at) VALUES ($1, $2, now())',
      group,
      who.userId,
    );
    return { group, who };
  };

  it('a group that demands second factors is obeyed within a second, and when it does no more', async () => {
    for (let round = 0; round < 20; round++) {
      const { group, who } = await member();
      await until(who, 200);
      await sql('UPDATE groups SET requires_two_factor = true WHERE id = $1', group);
      expect(await until(who, 403)).toBeLessThan(1000);
      await sql('DELETE FROM groups WHERE id = $1', group);
      expect(await until(who, 200)).toBeLessThan(1000);
    }
  });

  it('so is a permission', async () => {
    const who = await fleet.signedIn();
    await sql(
      `INSERT INTO user_permissions (user_id, permission_id, created_at)
       SELECT $1, id, now() FROM permissions WHERE name = 'catalog.add_product'`,
      who.userId,
    );
    const mark = (on: boolean) =>
      sql(`UPDATE permissions SET requires_two_factor = $1 WHERE name = 'catalog.add_product'`, on);
    for (let round = 0; round < 20; round++) {
      await until(who, 200);
      await mark(true);
      expect(await until(who, 403)).toBeLessThan(1000);
      await mark(false);
      expect(await until(who, 200)).toBeLessThan(1000);
    }
  });

  it('a session that is lowered is so within a second, and one that is to be enrolled', async () => {
    for (let round = 0; round < 20; round++) {
      const { group, who } = await member();
      await sql('UPDATE sessions SET two_factor_at = now() WHERE user_id = $1', who.userId);
      await sql('UPDATE groups SET requires_two_factor = true WHERE id = $1', group);
      await until(who, 200);
      await sql('UPDATE sessions SET two_factor_at = NULL WHERE user_id = $1', who.userId);
      expect(await until(who, 403)).toBeLessThan(1000);
      await sql(
        `UPDATE sessions SET enroll_by = now() + interval '1 hour' WHERE user_id = $1`,
        who.userId,
      );
      expect(await until(who, 200)).toBeLessThan(1000);
    }
  });
});
