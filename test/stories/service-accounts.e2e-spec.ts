import { v7 as uuidv7 } from 'uuid';
import type {
  ServiceAccountDto,
  ServiceAccountPageDto,
} from '../../src/admin/service-accounts/service-account.dto.js';
import { ANONYMOUS_GROUP } from '../../src/permissions/holding/group.entity.js';
import { serviceAccountPermissions } from '../../src/service-accounts/service-accounts.permissions.js';
import { LogBook } from '../support/audit.js';
import { userHolder } from '../support/grants.js';
import { complaintsOf, expectProblem } from '../support/problems.js';
import { changingNoRow } from '../support/rows.js';
import { makeServiceAccount, RobotsDesk, RUNS_ROBOTS } from '../support/service-accounts.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { type Clerk, type Office, remove } from '../support/users-office.js';

const { view } = serviceAccountPermissions;

describe('Service accounts', () => {
  let test: TestApp;
  let desk: RobotsDesk;
  let office: Office;
  let clerk: Clerk;

  beforeAll(async () => {
    test = await startTestApp();
    desk = await RobotsDesk.of(test);
    ({ office, clerk } = desk);
  });
  afterAll(() => test.close());

  it('are made, read, changed and deleted', async () => {
    const name = desk.some();
    const made = await desk.make({ name, description: ' Copies orders. ' });
    expect(made.status).toBe(201);
    const { id } = made.body;
    expect(made.body).toEqual({
      id,
      name,
      description: 'Copies orders.',
      responsible: desk.byGroup(),
      isActive: true,
      createdAt: made.body.updatedAt,
      updatedAt: expect.any(String) as string,
    });
    expect((await clerk.client.get(desk.urlOf(id.toUpperCase()))).body).toEqual(made.body);
    test.clock.forward(1);
    const responsible = { type: 'user', id: clerk.user.id };
    const changed = await desk.patch(id, { name: `${name}!`, responsible });
    expect(changed.body).toMatchObject({
      name: `${name}!`,
      description: 'Copies orders.',
      responsible,
    });
    expect(changed.body.updatedAt > made.body.updatedAt).toBe(true);
    expect((await remove(clerk.client, desk.urlOf(id))).status).toBe(204);
    expectProblem(await clerk.client.get(desk.urlOf(id)), 404, 'not_found');
    expectProblem(await remove(clerk.client, desk.urlOf(id)), 404, 'not_found');
  });

  it('are told of in the log book, before and after', async () => {
    const log = await LogBook.of(test);
    const name = desk.some();
    const { id } = (await desk.make({ name })).body;
    await desk.patch(id, { isActive: false });
    await desk.patch(id, { isActive: false });
    await remove(clerk.client, desk.urlOf(id));
    const events = await log.about(id);
    const before = { name, description: '', responsible: `group ${desk.group}`, isActive: true };
    const after = { ...before, isActive: false };
    expect(events.map(({ action, actorId, details }) => ({ action, actorId, details }))).toEqual([
      { action: 'service_account_created', actorId: clerk.user.id, details: { after: before } },
      {
        action: 'service_account_changed',
        actorId: clerk.user.id,
        details: { before, after },
      },
      {
        action: 'service_account_deleted',
        actorId: clerk.user.id,
        details: { before: after },
      },
    ]);
  });

  it.each([
    ['in capitals', (name: string) => name.toUpperCase()],
    ['in wide letters', (name: string) => name.replace('N', '\uff2e')],
    ['with other spaces', (name: string) => ` ${name.replace(' ', '\u00a0 ')}`],
  ])('have names of their own: another one %s is taken', async (_, twist) => {
    const name = desk.some();
    await desk.make({ name });
    const other = await desk.make({});
    await changingNoRow(test, async () => {
      expectProblem(await desk.make({ name: twist(name) }), 409, 'service_account_name_taken');
      const renamed = await desk.patch(other.body.id, { name: twist(name) });
      expectProblem(renamed, 409, 'service_account_name_taken');
    });
  });

  it('have names of their own, also when fifty are made at once', async () => {
    const name = desk.some();
    const made = await Promise.all(Array.from({ length: 50 }, () => desk.make({ name })));
    expect(made.filter(({ status }) => status === 201)).toHaveLength(1);
    expect(made.filter(({ body }) => body.code === 'service_account_name_taken')).toHaveLength(49);
    const [row] = await test.database.query<{ count: string }[]>(
      'SELECT count(*) FROM users WHERE first_name = $1',
      [name],
    );
    expect(row?.count).toBe('1');
  });

  it.each([
    [{ name: '  ' }, ['name too_short']],
    [{ name: 'x'.repeat(101) }, ['name too_long']],
    [{ name: '\ufdfa'.repeat(100) }, ['name too_long']],
    [{ name: 'a\u202eb' }, ['name invalid_characters']],
    [{ name: 7 }, ['name invalid_type']],
    [{ name: null }, ['name invalid_type']],
    [{ description: 'x'.repeat(501) }, ['description too_long']],
    [{ responsible: undefined }, ['responsible required']],
    [{ responsible: null }, ['responsible invalid_type']],
    [{ responsible: 'me' }, ['responsible invalid_type']],
    [{ responsible: { type: 'service', id: uuidv7() } }, ['responsible.type invalid_choice']],
    [{ responsible: { type: 'user', id: '7' } }, ['responsible.id invalid_id']],
    [{ isSuperuser: true }, ['isSuperuser unknown_field']],
    [{ email: 'robot@example.com' }, ['email unknown_field']],
    [{ password: 'a violet rides the tram' }, ['password unknown_field']],
  ])('are refused field by field: %j', async (body, complaints) => {
    await changingNoRow(test, async () => {
      const answer = await desk.make(body);
      expectProblem(answer, 400, 'validation_failed');
      expect(complaintsOf(answer)).toEqual(complaints);
    });
  });

  it.each([
    [{ responsible: null }, ['responsible invalid_type']],
    [{ isActive: 'no' }, ['isActive invalid_type']],
    [{ isStaff: true }, ['isStaff unknown_field']],
    [{ isServiceAccount: false }, ['isServiceAccount unknown_field']],
  ])('are not changed like this: %j', async (body, complaints) => {
    const { id } = await makeServiceAccount(test);
    await changingNoRow(test, async () => {
      expect(complaintsOf(await desk.patch(id, body))).toEqual(complaints);
    });
  });

  it('are answered for by somebody who is there, visible, active and a person', async () => {
    const robot = await makeServiceAccount(test);
    const inactive = await office.make.user({ isActive: false });
    const blind = await office.clerk(RUNS_ROBOTS);
    const { user: other } = await office.make.user();
    const user = (id: string) => ({ responsible: { type: 'user', id } });
    await changingNoRow(test, async () => {
      for (const responsible of [user(uuidv7()), user(robot.id), user(desk.group)]) {
        expectProblem(await desk.make(responsible), 404, 'not_found');
        expectProblem(await desk.patch(robot.id, responsible), 404, 'not_found');
      }
      const stranger = { responsible: { type: 'group', id: other.id } };
      expectProblem(await desk.make(stranger), 404, 'not_found');
      expectProblem(await desk.make(user(inactive.user.id)), 400, 'subject_inactive');
      const everybody = { responsible: { type: 'group', id: ANONYMOUS_GROUP } };
      expectProblem(await desk.make(everybody), 409, 'anonymous_group');
      expectProblem(await desk.make(user(other.id), blind), 404, 'not_found');
      expectProblem(await desk.make({}, blind), 404, 'not_found');
    });
    expect((await desk.make(user(blind.user.id), blind)).status).toBe(201);
  });

  it('outlive whoever answers for them, and say so', async () => {
    const { user } = await office.make.user();
    const mine = (await desk.make({ responsible: { type: 'user', id: user.id } })).body.id;
    await test.database.query('DELETE FROM users WHERE id = $1', [user.id]);
    const gone = await office.grants.someGroup();
    const theirs = (await desk.make({ responsible: gone })).body.id;
    await test.database.query('DELETE FROM groups WHERE id = $1', [gone.id]);
    for (const id of [mine, theirs]) {
      const { body } = await clerk.client.get<ServiceAccountDto>(desk.urlOf(id));
      expect(body).toMatchObject({ responsible: null, isActive: true });
      expect((await desk.patch(id, { description: 'Whose?' })).body).toMatchObject({
        responsible: null,
        description: 'Whose?',
      });
    }
  });

  it('are listed as far as one may view them, page by page, and found by name', async () => {
    const [one, two] = [await desk.make({}), await desk.make({})];
    const ann = await office.clerk([]);
    const list = async (by: Clerk, query = '') =>
      (await by.client.get<ServiceAccountPageDto>(`/v1/service-accounts?${query}`)).body;
    const seen = async (by: Clerk, query = '') => (await list(by, query)).items.map(({ id }) => id);
    expect(await seen(ann)).toEqual([]);
    await office.grants.grant(userHolder(ann.user), two.body.id, view);
    expect(await list(ann)).toEqual({ items: [two.body], nextCursor: null });
    const all: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: ServiceAccountPageDto = await list(
        clerk,
        `limit=3${cursor && `&cursor=${cursor}`}`,
      );
      all.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor;
    }
    expect(all).toEqual([...new Set(all)].sort());
    expect(all).toEqual(expect.arrayContaining([one.body.id, two.body.id]));
    expect(all).not.toContain(clerk.user.id);
    for (const { id, name } of [one.body, two.body]) {
      const query = `name=${encodeURIComponent(name.toUpperCase())}`;
      expect(await seen(clerk, query)).toEqual([id]);
    }
    expect(await seen(ann, `name=${encodeURIComponent(one.body.name)}`)).toEqual([]);
  });
});
