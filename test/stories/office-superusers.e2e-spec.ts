import { ManagedUsersService } from '../../src/users/managed-users.service.js';
import { LastSuperuser } from '../../src/users/users.errors.js';
import { withOwnDatabase } from '../support/audit.js';
import { meanwhile } from '../support/blocked.js';
import { expectProblem } from '../support/problems.js';
import { changingNoRow } from '../support/rows.js';
import type { TestApp } from '../support/test-app.js';
import { Office } from '../support/users-office.js';

const ROUNDS = 50;

describe('Superusers', () => {
  let own: Awaited<ReturnType<typeof withOwnDatabase>>;
  let test: TestApp;
  let office: Office;

  beforeAll(async () => {
    own = await withOwnDatabase('superusers');
    test = await own.start();
    office = new Office(test);
  });
  afterAll(async () => {
    await test.close();
    await own.drop();
  });

  const left = async () => {
    const rows = await test.database.query<{ id: string }[]>(
      'SELECT id FROM users WHERE is_superuser AND is_active',
    );
    return rows.map(({ id }) => id);
  };
  const only = (ids: readonly string[]) =>
    test.database.transaction(async (manager) => {
      await manager.query(
        'UPDATE users SET is_superuser = true, is_active = true WHERE id = ANY ($1)',
        [ids],
      );
      await manager.query('UPDATE users SET is_superuser = false WHERE id <> ALL ($1)', [ids]);
    });

  it.each([{ isSuperuser: false }, { isActive: false }])(
    'are never all gone: the last one is not made %j, not by herself either (K07)',
    async (body) => {
      const root = await office.superuser();
      await only([root.user.id]);
      await changingNoRow(test, async () => {
        const answer = await root.client.patch(`/v1/users/${root.user.id}`, body);
        expectProblem(answer, 409, 'last_superuser');
      });
    },
  );

  it.each([
    [{ isSuperuser: false }, { isSuperuser: false }],
    [{ isActive: false }, { isActive: false }],
    [{ isSuperuser: false }, { isActive: false }],
  ])(
    `who end each other at once, by %j and %j, are not both gone, in ${String(ROUNDS)} rounds (K07)`,
    async (first, second) => {
      for (let round = 0; round < ROUNDS; round++) {
        const [one, two] = [await office.superuser(), await office.superuser()];
        await only([one.user.id, two.user.id]);
        const answers = await Promise.all([
          one.client.patch(`/v1/users/${two.user.id}`, first),
          two.client.patch(`/v1/users/${one.user.id}`, second),
        ]);
        expect(await left()).toHaveLength(1);
        const statuses = answers.map(({ status }) => status).sort();
        // The slower one is told that the other is the last; or she is nobody any more, or nobody who may.
        expect([200, 401, 404, 409]).toEqual(expect.arrayContaining(statuses));
        expect(statuses.filter((status) => status === 200)).toHaveLength(1);
      }
    },
    120_000,
  );

  it('are counted by the database, whatever a service overlooks', async () => {
    const root = await office.superuser();
    await only([root.user.id]);
    const managed = test.app.get(ManagedUsersService, { strict: false });
    for (const change of [{ isSuperuser: false }, { isActive: false }]) {
      const demoted = test.database.transaction((manager) =>
        managed.change(manager, root.user.id, change),
      );
      await expect(demoted).rejects.toThrow(LastSuperuser);
    }
    expect(await left()).toEqual([root.user.id]);
  });

  it('who were demoted decide nothing any more, though a node remembers them as they were', async () => {
    const [one, two] = [await office.superuser(), await office.superuser()];
    const { user } = await office.make.user();
    const url = `/v1/users/${user.id}`;
    expect((await two.client.patch(url, { firstName: 'Ann' })).status).toBe(200);
    // As by another node, whose announcement is still to come.
    const demote = 'UPDATE users SET is_superuser = false WHERE id = $1';
    const [answer] = await meanwhile(test, demote, [two.user.id], () => [
      two.client.patch(url, { isSuperuser: true }),
    ]);
    expectProblem(answer!, 403, 'permission_denied');
    expect(await left()).toEqual(expect.arrayContaining([one.user.id]));
    expect(await left()).not.toContain(user.id);
  });
});
