import { ResponsibleService } from '../../src/service-accounts/responsible.service.js';
import { Grants, userHolder } from '../support/grants.js';
import { Make } from '../support/make.js';
import { makeServiceAccount } from '../support/service-accounts.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

describe('Who is told about the keys of an owner', () => {
  let test: TestApp;
  let make: Make;
  let grants: Grants;

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
    grants = new Grants(test);
  });
  afterAll(() => test.close());

  const told = async (ownerId: string) => {
    const recipients = await test.app
      .get(ResponsibleService, { strict: false })
      .recipientsOf(ownerId);
    return recipients.map(({ to }) => to);
  };

  it('is a person herself, in her language, unless she is not active', async () => {
    const { user, email } = await make.user({ locale: 'de', emailVerifiedAt: null });
    const [recipient] = await test.app
      .get(ResponsibleService, { strict: false })
      .recipientsOf(user.id);
    expect(recipient).toEqual({ to: email, locale: 'de', timezone: null, unproved: true });
    expect(await told((await make.user({ isActive: false })).user.id)).toEqual([]);
  });

  it('is the person who is responsible for a service account', async () => {
    const { user, email } = await make.user();
    const robot = await makeServiceAccount(test, { responsible: { type: 'user', id: user.id } });
    expect(await told(robot.id)).toEqual([email]);
    await test.database.query('DELETE FROM users WHERE id = $1', [user.id]);
    expect(await told(robot.id)).toEqual([]);
  });

  it('is each active member of the group that is responsible, also of groups in it, and no other', async () => {
    const [group, inner] = [await grants.someGroup(), await grants.someGroup()];
    const [ann, bob, gone, former] = [
      await make.user(),
      await make.user(),
      await make.user({ isActive: false }),
      await make.user(),
    ];
    const other = await makeServiceAccount(test);
    await grants.include(group, inner);
    for (const { id } of [ann.user, gone.user, former.user, other]) {
      await grants.join(group, userHolder({ id }));
    }
    for (const { user } of [ann, bob]) await grants.join(inner, userHolder(user));
    await test.database.query(
      `UPDATE group_members SET expires_at = now() - interval '1 s' WHERE user_id = $1`,
      [former.user.id],
    );
    const robot = await makeServiceAccount(test, { responsible: group });
    expect(await told(robot.id)).toEqual([ann.email, bob.email]);
  });

  it('are fifty at most', async () => {
    const group = await grants.someGroup();
    for (let i = 0; i < 52; i++) {
      await grants.join(group, userHolder((await make.user()).user));
    }
    const robot = await makeServiceAccount(test, { responsible: group });
    expect(await told(robot.id)).toHaveLength(50);
  });
});
