import { v7 as uuidv7 } from 'uuid';
import { definePermissions } from '../../src/access/permission-name.js';
import type { ExplanationDto } from '../../src/admin/authorization/explanation.dto.js';
import { ANONYMOUS_GROUP, groupPermissions } from '../../src/permissions/holding/group.entity.js';
import { objectPermissionPermissions } from '../../src/permissions/holding/object-permission.entity.js';
import { userPermissions } from '../../src/users/users.permissions.js';
import type { Client } from '../support/client.js';
import { Make } from '../support/make.js';
import { complaintsOf, expectProblem } from '../support/problems.js';
import { type Rights, rightsOf } from '../support/rights.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const { view, change } = userPermissions;
const EXPLAIN = '/v1/authorization/explain';
const user = (id: string) => ({ type: 'user', id });
const on = (id: string) => ({ type: 'users.user', id });

const bells = definePermissions('depot', 'bell');

describe('Why somebody may do something', () => {
  let test: TestApp;
  let make: Make;
  let rights: Rights;

  beforeAll(async () => {
    test = await startTestApp({ environment: { ANONYMOUS_PERMISSIONS: 'on' } });
    make = new Make(test);
    rights = rightsOf(test);
  });
  afterAll(() => test.close());

  const explain = async (client: Client, question: object) => {
    const { status, body } = await client.post<ExplanationDto>(EXPLAIN, question);
    expect(status).toBe(200);
    return body;
  };
  const ann = () => make.signedIn({ firstName: 'Ann', lastName: 'Lee' });
  /** Somebody who may ask about everybody. */
  const inspector = async () => {
    const made = await make.signedIn();
    for (const permission of [objectPermissionPermissions.view, view, groupPermissions.view]) {
      await rights.give(user(made.user.id), permission);
    }
    return made.client;
  };
  /** Ann is in Staff, which Editors contains, which holds the permission. */
  const chain = async (userId: string) => {
    const [editors, staff] = [await rights.group('Editors'), await rights.group('Staff')];
    await rights.give(editors, change);
    await rights.include(editors.id, staff.id);
    await rights.join(staff.id, userId, test.clock.in(3600));
    return { editors, staff };
  };

  it('is told by the chain of facts, and in English', async () => {
    const { user: her, client } = await ann();
    const { editors, staff } = await chain(her.id);
    const told = await explain(await inspector(), { subject: user(her.id), permission: change });
    const until = test.clock.in(3600).toISOString();
    const [nameOfEditors, nameOfStaff] = [editors, staff].map(({ id, name }) => ({ id, name }));
    expect(told).toEqual({
      allowed: true,
      subject: { type: 'user', id: her.id, name: 'Ann Lee' },
      facts: [
        {
          kind: 'membership',
          group: nameOfStaff,
          included: null,
          expiresAt: expect.any(String) as string,
        },
        { kind: 'inclusion', group: nameOfEditors, included: nameOfStaff, expiresAt: null },
        { kind: 'permission', group: nameOfEditors, included: null, expiresAt: null },
      ],
      missing: null,
      sentence: expect.any(String) as string,
    });
    expect(told.sentence.replace(/until .*\./, 'until then.')).toBe(
      `Ann Lee holds users.change_user through the group ${editors.name}, which contains the group ${staff.name}, of which they are a member, until then.`,
    );
    expect(Date.parse(told.facts[0]!.expiresAt!)).toBeLessThanOrEqual(Date.parse(until));
    const mine = await explain(client, { permission: change });
    expect(mine.sentence).toMatch(
      /^You hold users.change_user through .*, of which you are a member/,
    );
  });

  it('is the shortest chain', async () => {
    const { user: her, client } = await ann();
    await chain(her.id);
    await rights.give(user(her.id), change);
    const { facts, sentence } = await explain(client, { permission: change });
    expect(facts.map(({ kind, group }) => [kind, group])).toEqual([['permission', null]]);
    expect(sentence).toBe('You hold users.change_user directly.');
  });

  it('can be a grant on one object, or that one is a superuser', async () => {
    const { user: her, client } = await ann();
    await rights.grant(user(her.id), view, her.id);
    const granted = await explain(client, { permission: view, object: on(her.id) });
    expect(granted.facts).toMatchObject([{ kind: 'grant', group: null }]);
    expect(granted.sentence).toBe(`You hold users.view_user on users.user ${her.id} directly.`);
    const { client: root } = await make.signedIn({ isSuperuser: true });
    const all = await explain(root, { permission: view });
    expect(all.sentence).toBe(
      'You hold users.view_user: you are a superuser, who holds everything.',
    );
  });

  it('can be that everybody may', async () => {
    const { client, user: her } = await ann();
    const everybody = { type: 'group', id: ANONYMOUS_GROUP };
    await rights.grant(everybody, view, her.id);
    const told = await explain(client, { permission: view, object: on(her.id) });
    await rights.revoke(everybody, view, her.id); // other stories share the database
    expect(told.facts.map(({ kind }) => kind)).toEqual(['everybody', 'grant']);
    expect(told.sentence).toContain('because everybody does');
  });

  it('is asked of groups, too', async () => {
    const client = await inspector();
    const { editors, staff } = await chain((await make.user()).user.id);
    const told = await explain(client, {
      subject: { type: 'group', id: staff.id },
      permission: change,
    });
    expect(told.sentence).toBe(
      `The group ${staff.name} holds users.change_user through the group ${editors.name}, which contains it.`,
    );
    expect(told.facts.map(({ kind }) => kind)).toEqual(['inclusion', 'permission']);
  });

  describe('or what is missing', () => {
    it('is that the account is active', async () => {
      const { user: gone } = await make.user({ isActive: false, firstName: 'Bob', lastName: '' });
      await rights.give(user(gone.id), change);
      const told = await explain(await inspector(), { subject: user(gone.id), permission: change });
      expect(told).toMatchObject({ allowed: false, facts: [], missing: { kind: 'inactive' } });
      expect(told.sentence).toBe('Bob does not hold users.change_user: the account is not active.');
    });

    it('is a fact that has ended, of a chain that is whole otherwise', async () => {
      const { user: her } = await ann();
      const { staff } = await chain(her.id);
      test.clock.forward(3601);
      const { missing, sentence } = await explain(await inspector(), {
        subject: user(her.id),
        permission: change,
      });
      expect(missing).toMatchObject({
        kind: 'expired',
        fact: { kind: 'membership', group: { id: staff.id } },
      });
      expect(sentence).toMatch(
        new RegExp(
          `^Ann Lee does not hold users.change_user any more: the membership in the group ${staff.name} ended at 20`,
        ),
      );
    });

    it('is membership in a group that holds it', async () => {
      const delegate = bells.delete; // no other story gives it to a group
      const group = await rights.group('Deleters');
      await rights.give(group, delegate);
      const { user: her, client } = await ann();
      const told = await explain(await inspector(), {
        subject: user(her.id),
        permission: delegate,
      });
      expect(told.missing).toEqual({
        kind: 'membership',
        fact: null,
        group: { id: group.id, name: group.name },
      });
      expect(told.sentence).toBe(
        `Ann Lee does not hold depot.delete_bell: the group ${group.name} does, of which they are no member.`,
      );
      const mine = await explain(client, { permission: delegate });
      expect(mine.missing).toEqual({ kind: 'permission', fact: null, group: null });
      expect(JSON.stringify(mine)).not.toContain(group.id);
      await rights.take(group, delegate);
    });

    it('is told without the name of a group that one is in no more', async () => {
      const { user: her, client } = await ann();
      const group = await rights.group('Secret');
      await rights.give(group, userPermissions.delete);
      await rights.join(group.id, her.id, test.clock.in(60));
      test.clock.forward(61);
      const question = { subject: user(her.id), permission: userPermissions.delete };
      const other = await explain(await inspector(), question);
      expect(other.missing).toMatchObject({
        kind: 'expired',
        fact: { group: { name: group.name } },
      });
      const mine = await explain(client, question);
      expect(mine.missing).toMatchObject({
        kind: 'expired',
        fact: { group: { id: null, name: null } },
      });
      expect(mine.sentence).toContain('the membership in a group ended at');
      expect(JSON.stringify(mine)).not.toContain(group.id);
      await rights.take(group, userPermissions.delete);
    });
  });

  it('is nobody else’s business', async () => {
    const { client } = await ann();
    const { user: bob } = await make.user();
    for (const id of [bob.id, uuidv7()]) {
      expectProblem(
        await client.post(EXPLAIN, { subject: user(id), permission: view }),
        403,
        'permission_denied',
      );
    }
    const nobody = { subject: user(uuidv7()), permission: view };
    expectProblem(await (await inspector()).post(EXPLAIN, nobody), 404, 'not_found');
  });

  it('names the groups of others to those only who may view groups', async () => {
    const { user: her } = await ann();
    const { editors, staff } = await chain(her.id);
    const { client, user: clerk } = await make.signedIn();
    await rights.give(user(clerk.id), objectPermissionPermissions.view);
    await rights.give(user(clerk.id), view);
    await rights.grant(user(clerk.id), groupPermissions.view, staff.id);
    const told = await explain(client, { subject: user(her.id), permission: change });
    expect(told.facts[1]).toMatchObject({
      group: { id: null, name: null },
      included: { id: staff.id },
    });
    expect(JSON.stringify(told)).not.toContain(editors.id);
    expect(told.sentence).toContain(`through a group, which contains the group ${staff.name}`);
  });

  it('is not asked of lists, nor of unknown permissions', async () => {
    const { client } = await ann();
    expect(complaintsOf(await client.post(EXPLAIN, [{ permission: view }]))).toEqual([
      ' invalid_type',
    ]);
    expect(complaintsOf(await client.post(EXPLAIN, { permission: 'x.y_z' }))).toEqual([
      'permission unknown_permission',
    ]);
  });
});
