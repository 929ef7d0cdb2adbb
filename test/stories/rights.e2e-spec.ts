import type { EntityManager } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import type { Principal } from '../../src/access/principal.js';
import { Group } from '../../src/permissions/holding/group.entity.js';
import { type Holder, RightsService } from '../../src/permissions/holding/rights.service.js';
import { PermissionsService } from '../../src/permissions/permissions.service.js';
import { User } from '../../src/users/user.entity.js';
import { userPermissions } from '../../src/users/users.permissions.js';
import { behindItsBack } from '../support/heard.js';
import { Make } from '../support/make.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const { view, change } = userPermissions;

describe('What somebody may do', () => {
  let test: TestApp;
  let make: Make;
  let permissions: PermissionsService;
  let rights: RightsService;

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
    permissions = test.app.get(PermissionsService, { strict: false });
    rights = test.app.get(RightsService, { strict: false });
  });
  afterAll(() => test.close());

  const somebody = async (given = {}): Promise<Principal & { holder: Holder }> => {
    const { user } = await make.user(given);
    return { user, via: 'session', methods: [], holder: { type: 'user', id: user.id } };
  };
  const someGroup = async (): Promise<Holder> => {
    const id = uuidv7();
    const now = test.clock.now();
    const named = { name: id, nameCanonical: id, createdAt: now, updatedAt: now };
    await test.database.getRepository(Group).insert({ id, ...named });
    return { type: 'group', id };
  };
  const write = (work: (manager: EntityManager) => Promise<unknown>) =>
    test.database.transaction(work);
  const seenBy = async (principal: Principal) => {
    const query = test.database.getRepository(User).createQueryBuilder('user');
    const narrowed = await permissions.visible(query, principal, view);
    return (await narrowed.orderBy('user.id').getMany()).map(({ id }) => id);
  };

  it('is nothing at first', async () => {
    const ann = await somebody();
    expect(await permissions.allows(ann, view)).toBe(false);
    expect(await permissions.allows(ann, view, uuidv7())).toBe(false);
    expect(await seenBy(ann)).toEqual([]);
  });

  it('covers every object once it is held on the kind of thing', async () => {
    const ann = await somebody();
    await write((manager) => rights.give(manager, ann.holder, view));
    expect(await permissions.allows(ann, view)).toBe(true);
    expect(await permissions.allows(ann, view, uuidv7())).toBe(true);
    expect(await permissions.allows(ann, change)).toBe(false);
    expect(await seenBy(ann)).toContain(ann.user.id);
  });

  it('comes through groups that contain groups, and goes with any link of the chain', async () => {
    const ann = await somebody();
    const [staff, editors] = [await someGroup(), await someGroup()];
    await write(async (manager) => {
      await rights.give(manager, editors, change);
      await rights.include(manager, editors.id, staff.id);
      await rights.addMember(manager, staff.id, ann.user.id);
    });
    expect(await permissions.allows(ann, change)).toBe(true);
    await write((manager) => rights.exclude(manager, editors.id, staff.id));
    expect(await permissions.allows(ann, change)).toBe(false);
  });

  it('can be granted on one object, to a user or to her group', async () => {
    const [ann, bob, carl] = [await somebody(), await somebody(), await somebody()];
    const group = await someGroup();
    await write(async (manager) => {
      await rights.grant(manager, ann.holder, view, bob.user.id);
      await rights.grant(manager, group, view, carl.user.id);
      await rights.addMember(manager, group.id, ann.user.id);
    });
    expect(await permissions.allows(ann, view, bob.user.id)).toBe(true);
    expect(await permissions.allows(ann, view, carl.user.id)).toBe(true);
    expect(await permissions.allows(ann, view, ann.user.id)).toBe(false);
    expect(await seenBy(ann)).toEqual([bob.user.id, carl.user.id]);
    await write((manager) => rights.removeMember(manager, group.id, ann.user.id));
    expect(await permissions.allows(ann, view, carl.user.id)).toBe(false);
    expect(await seenBy(ann)).toEqual([bob.user.id]);
  });

  it('narrows a query whatever its parameters are called', async () => {
    const [ann, root] = [await somebody(), await somebody({ isSuperuser: true })];
    const named = { now: '1', holder: '2', permission: '3', groups: '4', after: '5', visible: '6' };
    const query = () =>
      test.database
        .getRepository(User)
        .createQueryBuilder('user')
        .where('user.id = :id', { id: ann.user.id })
        .andWhere(
          "concat_ws(' ', :now::text, :holder::text, :permission::text, :groups::text, :after::text, :visible::text) = '1 2 3 4 5 6'",
          named,
        );
    const granted = await somebody();
    await write((manager) => rights.grant(manager, granted.holder, view, ann.user.id));
    for (const principal of [root, granted]) {
      const narrowed = await permissions.visible(query(), principal, view);
      expect(await narrowed.getCount()).toBe(1);
      const cursor = 'AAAAAAAAcACAAAAAAAAAAA';
      const page = await permissions.visiblePage(query(), principal, view, { cursor });
      expect(page.items).toHaveLength(1);
    }
  });

  it('ends when its time has come', async () => {
    const ann = await somebody();
    const group = await someGroup();
    await write(async (manager) => {
      await rights.addMember(manager, group.id, ann.user.id, test.clock.in(60));
      await rights.give(manager, group, change);
    });
    expect(await permissions.allows(ann, change)).toBe(true);
    test.clock.forward(61);
    expect(await permissions.allows(ann, change)).toBe(false);
  });

  it('dies with the object, whoever deletes it', async () => {
    const [ann, bob] = [await somebody(), await somebody()];
    await write((manager) => rights.grant(manager, ann.holder, view, bob.user.id));
    expect(await permissions.allows(ann, view, bob.user.id)).toBe(true);
    await behindItsBack(test, 'DELETE FROM users WHERE id = $1', [bob.user.id]);
    expect(await permissions.allows(ann, view, bob.user.id)).toBe(false);
    expect(
      await test.database.query('SELECT 1 FROM object_permissions WHERE object_id = $1', [
        bob.user.id,
      ]),
    ).toEqual([]);
  });

  it('is a failure, not a no, where the name is misspelt', async () => {
    const ann = await somebody({ isSuperuser: true });
    await expect(permissions.allows(ann, 'users.veiw_user')).rejects.toThrow('no permission');
  });
});
