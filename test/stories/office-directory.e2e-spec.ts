import { v7 as uuidv7 } from 'uuid';
import type { ManagedUserDto, ManagedUserPageDto } from '../../src/admin/users/managed-user.dto.js';
import { userPermissions } from '../../src/users/users.permissions.js';
import type { Client } from '../support/client.js';
import { userHolder } from '../support/grants.js';
import { someEmail } from '../support/make.js';
import { complaintsOf, expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { type Clerk, Office } from '../support/users-office.js';

describe('The directory of users', () => {
  let test: TestApp;
  let office: Office;
  let viewer: Clerk;

  beforeAll(async () => {
    test = await startTestApp();
    office = new Office(test);
    viewer = await office.clerk([userPermissions.view]);
  });
  afterAll(() => test.close());

  const list = (client: Client, query: string) =>
    client.get<ManagedUserPageDto>(`/v1/users?${query}`);
  /** Everybody that page after page of this list shows. */
  const all = async (client: Client, query: string) => {
    const found: ManagedUserDto[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page: ManagedUserPageDto = (
        await list(client, `limit=7&${query}${cursor && `&cursor=${cursor}`}`)
      ).body;
      found.push(...page.items);
      cursor = page.nextCursor;
    }
    return found.map(({ id }) => id);
  };

  it('shows who holds the permission everybody, page by page, oldest first', async () => {
    const made = [];
    for (let i = 0; i < 9; i++) made.push((await office.make.user()).user.id);
    const ids = await all(viewer.client, '');
    expect(ids).toEqual([...new Set(ids)].sort());
    expect(ids).toEqual(expect.arrayContaining(made));
  });

  it('shows others those alone who were granted to them, and without any nobody', async () => {
    const [ann, bob, carl] = [
      await office.make.signedIn(),
      await office.make.user(),
      await office.make.user(),
    ];
    expect((await list(ann.client, '')).body).toEqual({ items: [], nextCursor: null });
    for (const { user } of [carl, bob]) {
      await office.grants.grant(userHolder(ann.user), user.id, userPermissions.view);
    }
    expect(await all(ann.client, '')).toEqual([bob.user.id, carl.user.id]);
    expect(await all(ann.client, `email=${viewer.email}`)).toEqual([]);
    expect(await all(ann.client, `email=${bob.email}`)).toEqual([bob.user.id]);
    expect((await ann.client.get(`/v1/users/${bob.user.id}`)).status).toBe(200);
    expectProblem(await ann.client.get(`/v1/users/${viewer.user.id}`), 404, 'not_found');
  });

  it('finds an address in any casing, and that alone', async () => {
    const { user, email } = await office.make.user({ email: someEmail('Zoe') });
    expect(await all(viewer.client, `email=${email.toUpperCase()}`)).toEqual([user.id]);
    expect(await all(viewer.client, `email=${email}&isActive=false`)).toEqual([]);
    expect(await all(viewer.client, `email=${someEmail()}`)).toEqual([]);
    expect(complaintsOf(await list(viewer.client, 'email=zoe%25'))).toEqual([
      'email invalid_email',
    ]);
  });

  it('tells apart who is active, staff, superuser', async () => {
    const ann = (await office.make.user()).user.id;
    const left = (await office.make.user({ isActive: false, isStaff: true })).user.id;
    const root = (await office.make.user({ isSuperuser: true, isStaff: true })).user.id;
    const found = async (query: string) => {
      const ids = await all(viewer.client, query);
      return [ann, left, root].map((id) => ids.includes(id));
    };
    expect(await found('isActive=true')).toEqual([true, false, true]);
    expect(await found('isActive=false')).toEqual([false, true, false]);
    expect(await found('isStaff=true')).toEqual([false, true, true]);
    expect(await found('isStaff=false')).toEqual([true, false, false]);
    expect(await found('isSuperuser=true&isStaff=true')).toEqual([false, false, true]);
    expect(await found('isSuperuser=false&isActive=true')).toEqual([true, false, false]);
  });

  it.each([
    'passwordHash=x',
    'filter[passwordHash][$startsWith]=x',
    'sort=passwordHash',
    'fields=passwordHash',
    'include=sessions',
    'firstName=Ann',
    'isActive=1',
    'isActive=',
    'isActive=true&isActive=false',
    'email[$ne]=x',
    'userId=1',
    'limit=0',
    'cursor=x',
  ])('has no filter %s (J05)', async (query) => {
    expectProblem(await list(viewer.client, query), 400, 'validation_failed');
  });

  it('tells nothing of the ways in', async () => {
    const { user } = await office.make.user();
    const { body, text } = await viewer.client.get<ManagedUserDto>(`/v1/users/${user.id}`);
    expect(body).toMatchObject({ id: user.id, isActive: true, lastLoginAt: null, invitedAt: null });
    expect(text).not.toMatch(/password|hash|bcrypt|canonical|credential/i);
  });

  it.each([(id: string) => id.toUpperCase(), (id: string) => `${id}?userId=${id}`])(
    'reads the user that the address names, however she is spelt',
    async (spelt) => {
      const { user } = await office.make.user();
      const { body } = await viewer.client.get(`/v1/users/${spelt(user.id)}`);
      expect(body).toMatchObject({ id: user.id });
    },
  );

  it.each([
    `{${uuidv7()}}`,
    '00000000-0000-0000-0000-000000000000',
    `urn:uuid:${uuidv7()}`,
    '7',
    '%00',
    '1e1',
    '..%2fme',
    uuidv7(),
  ])('has nobody under %s (J08)', async (id) => {
    const answer = await viewer.client.get(`/v1/users/${id}`);
    expect([400, 404]).toContain(answer.status);
    for (const part of ['permissions', 'groups']) {
      expect([400, 404]).toContain((await viewer.client.get(`/v1/users/${id}/${part}`)).status);
    }
  });

  it('asks nobody but the credential who is calling (J07, K13)', async () => {
    const ann = await office.make.signedIn();
    const { body } = await ann.client.send({
      method: 'GET',
      url: '/v1/users',
      headers: {
        'x-user-id': viewer.user.id,
        'x-forwarded-user': viewer.email,
        'x-role': 'admin',
        'x-original-url': '/v1/users/me',
        'x-rewrite-url': '/v1/users/me',
      },
    });
    expect(body).toEqual({ items: [], nextCursor: null });
    expectProblem(await list(ann.client, `userId=${viewer.user.id}`), 400, 'validation_failed');
  });
});
