import type { EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { Group } from '../../src/permissions/holding/group.entity.js';
import { RightsSweepService } from '../../src/permissions/holding/rights-sweep.service.js';
import { RightsService } from '../../src/permissions/holding/rights.service.js';
import { userPermissions } from '../../src/users/users.permissions.js';
import { Make } from '../support/make.js';
import { rowsOf } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const TABLES = [
  'group_members',
  'group_inclusions',
  'user_permissions',
  'group_permissions',
  'object_permissions',
] as const;

describe('Rights that were given for a time', () => {
  let test: TestApp;
  let make: Make;
  let rights: RightsService;

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
    rights = test.app.get(RightsService, { strict: false });
  });
  afterAll(() => test.close());

  const sweep = () => test.app.get(RightsSweepService, { strict: false }).sweep();
  const rightsRows = async () => {
    const rows = await rowsOf(test);
    return Object.fromEntries(TABLES.map((table) => [table, rows[table]]));
  };
  const someGroup = async (): Promise<string> => {
    const id = uuidv7();
    const now = test.clock.now();
    const named = { name: id, nameCanonical: id, createdAt: now, updatedAt: now };
    await test.database.getRepository(Group).insert({ id, ...named });
    return id;
  };
  /** One fact in each table. */
  const giveEverything = async (manager: EntityManager, expiresAt: Date | null) => {
    const { user } = await make.user();
    const [group, included] = [await someGroup(), await someGroup()];
    const holder = { type: 'user', id: user.id } as const;
    await rights.addMember(manager, group, user.id, expiresAt);
    await rights.include(manager, group, included, expiresAt);
    await rights.give(manager, holder, userPermissions.view, expiresAt);
    await rights.give(manager, { type: 'group', id: group }, userPermissions.view, expiresAt);
    await rights.grant(manager, holder, userPermissions.view, user.id, expiresAt);
  };

  it('are removed when it is over, and no others', async () => {
    for (const table of TABLES) {
      await test.database.query(`DELETE FROM ${table} WHERE expires_at IS NOT NULL`); // of other stories
    }
    await test.database.transaction(async (manager) => {
      await giveEverything(manager, null);
      await giveEverything(manager, test.clock.in(120));
    });
    const before = await rightsRows();
    await test.database.transaction((manager) => giveEverything(manager, test.clock.in(60)));
    expect(await sweep()).toBe(0);
    test.clock.forward(61);
    expect(await sweep()).toBe(5);
    expect(await rightsRows()).toEqual(before);
  });

  it('are removed once when many nodes sweep at the same time', async () => {
    await test.database.transaction(async (manager) => {
      for (let i = 0; i < 5; i++) await giveEverything(manager, test.clock.in(10));
    });
    await sweep();
    test.clock.forward(11);
    const removed = await Promise.all(Array.from({ length: 10 }, sweep));
    expect(removed.reduce((sum, each) => sum + each)).toBe(25);
  });
});
