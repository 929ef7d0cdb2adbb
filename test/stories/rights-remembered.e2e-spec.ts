import { v7 as uuidv7 } from 'uuid';
import type { Principal } from '../../src/access/principal.js';
import { products } from '../../src/catalog/products/product.entity.js';
import { HoldingsReaderService } from '../../src/permissions/holding/holdings-reader.service.js';
import { ObjectGrantsService } from '../../src/permissions/holding/object-grants.service.js';
import { PermissionsService } from '../../src/permissions/permissions.service.js';
import { Grants, userHolder } from '../support/grants.js';
import { behindItsBack } from '../support/heard.js';
import { Make } from '../support/make.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const { view } = products;

describe('What a node remembers of rights', () => {
  let test: TestApp;
  let make: Make;
  let grants: Grants;
  let permissions: PermissionsService;

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
    grants = new Grants(test);
    permissions = test.app.get(PermissionsService, { strict: false });
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
  afterAll(() => test.close());

  const somebody = async () => {
    const { user } = await make.user();
    const asker: Principal = { user, via: 'session', methods: [] };
    return { asker, user, holder: userHolder(user) };
  };

  /** The next reading has seen the tables, and is handed over only when `go` is called. */
  const blocked = (owner: {
    read(...args: never[]): Promise<unknown>;
  }): { begun: Promise<void>; go: () => void } => {
    let go: () => void = () => undefined;
    let begin: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (go = resolve));
    const begun = new Promise<void>((resolve) => (begin = resolve));
    const read = owner.read.bind(owner);
    jest.spyOn(owner, 'read').mockImplementationOnce(async (...args) => {
      const fact = await read(...args);
      begin();
      await gate;
      return fact;
    });
    return { begun, go };
  };

  it('is never what was taken away while it was being read', async () => {
    const { asker, user, holder } = await somebody();
    await grants.give(holder, view);
    const reading = blocked(test.app.get(HoldingsReaderService, { strict: false }));
    const early = permissions.allows(asker, view);
    await reading.begun;
    await behindItsBack(test, 'DELETE FROM user_permissions WHERE user_id = $1', [user.id]);
    const late = permissions.allows(asker, view); // its own reading, though the other one goes on
    expect(await late).toBe(false);
    reading.go();
    await early;
    expect(await permissions.allows(asker, view)).toBe(false);
  });

  it('is never a grant that was revoked while it was being read', async () => {
    const { asker, user, holder } = await somebody();
    const object = uuidv7();
    await grants.grant(holder, object, view);
    const reading = blocked(test.app.get(ObjectGrantsService, { strict: false }));
    const early = permissions.allows(asker, view, object);
    await reading.begun;
    await behindItsBack(test, 'DELETE FROM object_permissions WHERE user_id = $1', [user.id]);
    expect(await permissions.allows(asker, view, object)).toBe(false);
    reading.go();
    await early;
    expect(await permissions.allows(asker, view, object)).toBe(false);
  });

  it('is never what a group held for her that she left while its grant was being read', async () => {
    const { asker, user, holder } = await somebody();
    const [object, group] = [uuidv7(), await grants.someGroup()];
    await grants.grant(group, object, view);
    await grants.join(group, holder);
    const reading = blocked(test.app.get(ObjectGrantsService, { strict: false }));
    const early = permissions.allows(asker, view, object);
    await reading.begun;
    await behindItsBack(test, 'DELETE FROM group_members WHERE user_id = $1', [user.id]);
    reading.go();
    await early;
    expect(await permissions.allows(asker, view, object)).toBe(false);
  });

  it('is all forgotten when more than a hundred change at once', async () => {
    const { asker, user, holder } = await somebody();
    const objects = Array.from({ length: 150 }, () => uuidv7());
    for (const object of objects) await grants.grant(holder, object, view);
    for (const object of objects) expect(await permissions.allows(asker, view, object)).toBe(true);
    await behindItsBack(test, 'DELETE FROM object_permissions WHERE user_id = $1', [user.id]);
    for (const object of objects) expect(await permissions.allows(asker, view, object)).toBe(false);
  });

  /** Until when, set by SQL: a permission, a membership, an inclusion, a group's permission, a grant, a group's grant. */
  const ends: Readonly<Record<string, string>> = {
    'a permission': 'user_permissions',
    'a membership': 'group_members',
    'an inclusion': 'group_inclusions',
    "a group's permission": 'group_permissions',
    'a grant': 'object_permissions',
  };

  it.each(Object.entries(ends))('ends by the clock, with nobody telling (%s)', async (_, table) => {
    const { asker, holder } = await somebody();
    const object = uuidv7();
    const [outer, inner] = [await grants.someGroup(), await grants.someGroup()];
    if (table === 'user_permissions') await grants.give(holder, view);
    else if (table === 'object_permissions') await grants.grant(holder, object, view);
    else {
      await grants.give(outer, view);
      await grants.include(outer, inner);
      await grants.join(inner, holder);
    }
    await behindItsBack(test, `UPDATE ${table} SET expires_at = $1 WHERE expires_at IS NULL`, [
      test.clock.in(3),
    ]);
    expect(await permissions.allows(asker, view, object)).toBe(true);
    test.clock.forward(2);
    expect(permissions.peek(asker, view, object)).toBe(true);
    test.clock.forward(1);
    expect(permissions.peek(asker, view, object)).not.toBe(true);
    expect(await permissions.allows(asker, view, object)).toBe(false);
  });
});
