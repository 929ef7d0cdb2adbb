import { v7 as uuidv7 } from 'uuid';
import type { Problem } from '../../src/common/problem.js';
import { groupPermissions } from '../../src/permissions/holding/group.entity.js';
import { objectPermissionPermissions } from '../../src/permissions/holding/object-permission.entity.js';
import { userPermissions } from '../../src/users/users.permissions.js';
import type { Client } from '../support/client.js';
import { Make } from '../support/make.js';
import { complaintsOf, expectProblem } from '../support/problems.js';
import { rightsQueriesOf } from '../support/queries.js';
import { type Rights, rightsOf } from '../support/rights.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const { view, change } = userPermissions;
const CHECK = '/v1/authorization/check';

describe('Asking who may do what', () => {
  let test: TestApp;
  let make: Make;
  let rights: Rights;

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
    rights = rightsOf(test);
  });
  afterAll(() => test.close());

  const decisions = async (client: Client, questions: unknown[]) => {
    const { status, body } = await client.post<{ decisions: { allowed: boolean }[] }>(
      CHECK,
      questions,
    );
    expect(status).toBe(200);
    return body.decisions.map(({ allowed }) => allowed);
  };
  const on = (id: string) => ({ type: 'users.user', id });
  const user = (id: string) => ({ type: 'user', id });
  const group = (id: string) => ({ type: 'group', id });
  /** Somebody who may ask about everybody. */
  const inspector = async () => {
    const made = await make.signedIn();
    for (const permission of [objectPermissionPermissions.view, view, groupPermissions.view]) {
      await rights.give(user(made.user.id), permission);
    }
    return made.client;
  };

  it('answers about oneself, in the order of the questions', async () => {
    const { client, user: ann } = await make.signedIn();
    const { user: bob } = await make.user();
    await rights.give(user(ann.id), change);
    await rights.grant(user(ann.id), view, bob.id);
    const questions = [
      { permission: view },
      { permission: change },
      { permission: view, object: on(bob.id) },
      { permission: view, object: on(ann.id) },
      { permission: change, object: on(ann.id), subject: user(ann.id) },
    ];
    expect(await decisions(client, questions)).toEqual([false, true, true, false, true]);
    expect(await decisions(client, [])).toEqual([]);
  });

  it('does not tell whether there is such an object', async () => {
    const { client, user: ann } = await make.signedIn();
    const nothing = { permission: view, object: on(uuidv7()) };
    expect(await decisions(client, [nothing])).toEqual([false]);
    await rights.give(user(ann.id), view);
    expect(await decisions(client, [nothing])).toEqual([true]);
  });

  it('answers about others, groups within groups, and those who are nobody', async () => {
    const client = await inspector();
    const { user: ann } = await make.user();
    const { user: gone } = await make.user({ isActive: false, isSuperuser: true });
    const { user: root } = await make.user({ isSuperuser: true });
    const [editors, staff] = [await rights.group('Editors'), await rights.group('Staff')];
    await rights.give(editors, change);
    await rights.include(editors.id, staff.id);
    await rights.join(staff.id, ann.id);
    const about = [ann, gone, root, { id: uuidv7() }].map(({ id }) => user(id));
    const subjects = [...about, group(staff.id), group(uuidv7())];
    const questions = subjects.map((subject) => ({ subject, permission: change }));
    expect(await decisions(client, questions)).toEqual([true, false, true, false, true, false]);
  });

  it('refuses to tell about others whom one may not view, whether they exist or not', async () => {
    const { client, user: ann } = await make.signedIn();
    const { user: bob } = await make.user();
    const ask = (id: string) =>
      client.post<Problem>(CHECK, [{ subject: user(id), permission: view }]);
    for (const id of [bob.id, uuidv7()]) expectProblem(await ask(id), 403, 'permission_denied');
    await rights.give(user(ann.id), objectPermissionPermissions.view);
    for (const id of [bob.id, uuidv7()]) expectProblem(await ask(id), 403, 'permission_denied');
    await rights.grant(user(ann.id), view, bob.id);
    expect((await ask(bob.id)).status).toBe(200);
    expectProblem(await ask(uuidv7()), 403, 'permission_denied');
    expectProblem(
      await client.post(CHECK, [
        { subject: user(bob.id), permission: view },
        { subject: group(uuidv7()), permission: view },
      ]),
      403,
      'permission_denied',
    );
  });

  it('refuses whoever may view them, but not what they hold', async () => {
    const { client, user: ann } = await make.signedIn();
    await rights.give(user(ann.id), view);
    const { user: bob } = await make.user();
    const answer = await client.post(CHECK, [{ subject: user(bob.id), permission: view }]);
    expectProblem(answer, 403, 'permission_denied');
  });

  it('asks the database as often for 100 questions as for two', async () => {
    const client = await inspector();
    const { user: ann } = await make.user();
    const ask = (count: number) => {
      const questions = Array.from({ length: count }, (_, i) => ({
        ...(i % 2 === 0 && { subject: user(i % 4 === 0 ? ann.id : uuidv7()) }),
        permission: change,
        object: on(uuidv7()),
      }));
      return rightsQueriesOf(() => decisions(client, questions));
    };
    await ask(2);
    const two = await ask(2);
    const hundred = await ask(100);
    expect(two.length).toBeGreaterThan(0);
    expect(hundred).toEqual(two);
  });

  it.each<[string, unknown, string]>([
    ['no list', { permission: view }, ' invalid_type'],
    ['too long', Array.from({ length: 101 }, () => ({ permission: view })), ' too_many'],
    ['of something else', [7], '0 invalid_type'],
    ['a nameless permission', [{}], '0.permission required'],
    [
      'of a permission that is none',
      [{ permission: view }, { permission: 'users.veiw_user' }],
      '1.permission unknown_permission',
    ],
    [
      'of a permission of Object',
      [{ permission: 'constructor' }],
      '0.permission unknown_permission',
    ],
    [
      'about a robot',
      [{ subject: { type: 'robot', id: uuidv7() }, permission: view }],
      '0.subject.type invalid_choice',
    ],
    [
      'about the id 7',
      [{ subject: { type: 'user', id: '7' }, permission: view }],
      '0.subject.id invalid_id',
    ],
    ['about null', [{ subject: null, permission: view }], '0.subject invalid_type'],
    [
      'on the id 7',
      [{ permission: view, object: { type: 'users.user', id: "'" } }],
      '0.object.id invalid_id',
    ],
    [
      'on another kind',
      [{ permission: view, object: { type: 'permissions.group', id: uuidv7() } }],
      '0.object.type wrong_kind',
    ],
    ['with more', [{ permission: view, isSuperuser: true }], '0.isSuperuser unknown_field'],
  ])('refuses a body that is %s', async (_, body, complaint) => {
    const { client } = await make.signedIn();
    const answer = await changingNoRow(test, () => client.post(CHECK, body));
    expectProblem(answer, 400, 'validation_failed');
    expect(complaintsOf(answer)).toEqual([complaint]);
  });

  it('reads the ids of anything in capitals', async () => {
    const { client, user: ann } = await make.signedIn();
    await rights.grant(user(ann.id), view, ann.id);
    const object = on(ann.id.toUpperCase());
    const subject = user(ann.id.toUpperCase());
    expect(await decisions(client, [{ subject, permission: view, object }])).toEqual([true]);
  });
});
