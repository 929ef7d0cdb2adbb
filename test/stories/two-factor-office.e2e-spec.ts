import type { PermissionName } from '../../src/access/permission-name.js';
import type { PermissionListDto } from '../../src/admin/permissions/permission.dto.js';
import { AuditEvent } from '../../src/audit/audit-event.entity.js';
import { products } from '../../src/catalog/products/product.entity.js';
import { permissionPermissions } from '../../src/permissions/catalogue/permission.entity.js';
import { ANONYMOUS_GROUP, groupPermissions } from '../../src/permissions/holding/group.entity.js';
import type { Client } from '../support/client.js';
import { Grants, userHolder } from '../support/grants.js';
import { behindItsBack } from '../support/heard.js';
import { Make } from '../support/make.js';
import { complaintsOf, expectProblem } from '../support/problems.js';
import { rightsOf } from '../support/rights.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { marksOf, signedInWithCode } from '../support/two-factor-policy.js';

const ENROL = 'two_factor_enrollment_required';
const PERMISSION = `/v1/permissions/${products.change}`;
const ON = { requiresTwoFactor: true };
const OFF = { requiresTwoFactor: false };

describe('Who demands second factors of others', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
  });
  afterEach(() => marksOf(test).nothing());
  afterAll(() => test.close());

  /** Somebody in the office who holds this, and has shown her second factor. */
  const officer = async (...permissions: PermissionName[]) => {
    const made = await signedInWithCode(test);
    await new Grants(test).give(userHolder(made.user), ...permissions);
    return made;
  };
  const overAll = () =>
    officer(
      permissionPermissions.change,
      permissionPermissions.view,
      ...Object.values(groupPermissions),
    );
  const group = async () => `/v1/groups/${(await rightsOf(test).group()).id}`;
  const lastEvents = (subjectOrActor: string) =>
    test.database.getRepository(AuditEvent).find({
      where: { actorId: subjectOrActor },
      order: { id: 'DESC' },
      take: 1,
    });
  const sessions = (client: Client) => client.get('/v1/users/me/sessions');

  it('does so by groups and permissions, and sees in them that it is so', async () => {
    const ann = await overAll();
    const place = await group();
    expect((await ann.client.patch(place, ON)).body).toMatchObject(ON);
    expect((await ann.client.get(place)).body).toMatchObject(ON);
    expect((await ann.client.patch(PERMISSION, ON)).body).toMatchObject({
      name: products.change,
      ...ON,
    });
    const { body } = await ann.client.get<PermissionListDto>('/v1/permissions');
    expect(body.items.filter((each) => each.requiresTwoFactor).map(({ name }) => name)).toEqual([
      products.change,
    ]);
    expect((await ann.client.patch(place, { name: `${place} anew` })).body).toMatchObject(ON);
    expect((await ann.client.patch(place, OFF)).body).toMatchObject(OFF);
    expect((await ann.client.patch(PERMISSION, OFF)).body).toMatchObject(OFF);
  });

  it('is obeyed at once, and no longer than she wants', async () => {
    const ann = await overAll();
    const bob = await make.signedIn();
    const place = await group();
    await rightsOf(test).join(place.split('/').at(-1) ?? '', bob.user.id);
    await rightsOf(test).give({ type: 'user', id: bob.user.id }, products.change);
    for (const url of [place, PERMISSION]) {
      expect((await sessions(bob.client)).status).toBe(200);
      await ann.client.patch(url, ON);
      expectProblem(await sessions(bob.client), 403, ENROL);
      await ann.client.patch(url, OFF);
      expect((await sessions(bob.client)).status).toBe(200);
    }
  });

  it('is in the log book, also when she demands it no more', async () => {
    const ann = await overAll();
    const place = await group();
    for (const [before, after] of [
      [OFF, ON],
      [ON, OFF],
    ] as const) {
      await ann.client.patch(PERMISSION, after);
      expect(await lastEvents(ann.user.id)).toMatchObject([
        {
          action: 'permission_changed',
          details: { permission: products.change, before, after },
        },
      ]);
      await ann.client.patch(place, after);
      expect(await lastEvents(ann.user.id)).toMatchObject([
        { action: 'group_changed', details: { before, after } },
      ]);
    }
  });

  it('says it once: the same again is no event', async () => {
    const ann = await overAll();
    await ann.client.patch(PERMISSION, ON);
    const [first] = await lastEvents(ann.user.id);
    expect((await ann.client.patch(PERMISSION, ON)).status).toBe(200);
    expect((await lastEvents(ann.user.id))[0]?.id).toBe(first?.id);
  });

  it('has shown one herself, and not long ago', async () => {
    const place = await group();
    const without = await make.signedIn();
    const all = [permissionPermissions.change, ...Object.values(groupPermissions)];
    await new Grants(test).give(userHolder(without.user), ...all);
    const superuser = await make.signedIn({ isSuperuser: true });
    const earlier = await overAll();
    await behindItsBack(
      test,
      `UPDATE sessions SET two_factor_at = two_factor_at - interval '301 s' WHERE user_id = $1`,
      [earlier.user.id],
    );
    for (const url of [place, PERMISSION]) {
      for (const wanted of [ON, OFF]) {
        await changingNoRow(test, async () => {
          expectProblem(await without.client.patch(url, wanted), 403, ENROL);
          expectProblem(await superuser.client.patch(url, wanted), 403, ENROL);
          expectProblem(await earlier.client.patch(url, wanted), 403, 'reauthentication_required');
        });
      }
    }
    expect((await without.client.patch(place, { description: 'Trams.' })).status).toBe(200);
  });

  it('may do so: who may not change a group or a permission learns nothing, and changes none', async () => {
    const bob = await signedInWithCode(test);
    const place = await group();
    await changingNoRow(test, async () => {
      expectProblem(await make.client.patch(PERMISSION, ON), 401, 'not_authenticated');
      expectProblem(await bob.client.patch(PERMISSION, ON), 403, 'permission_denied');
      expectProblem(await bob.client.patch(place, ON), 404, 'not_found');
    });
    await new Grants(test).give(userHolder(bob.user), permissionPermissions.view);
    expectProblem(await bob.client.patch(PERMISSION, ON), 403, 'permission_denied');
  });

  it('is not who was in the office until a moment ago', async () => {
    const ann = await overAll();
    await test.database.query('DELETE FROM user_permissions WHERE user_id = $1', [ann.user.id]);
    const { status } = await ann.client.patch(PERMISSION, ON);
    expect(status).toBe(403);
  });

  it('does not demand it of everybody by the group that is everybody', async () => {
    const ann = await officer(...Object.values(groupPermissions));
    const url = `/v1/groups/${ANONYMOUS_GROUP}`;
    expectProblem(await ann.client.patch(url, ON), 409, 'anonymous_group');
  });

  it('says yes or no, of what there is', async () => {
    const ann = await overAll();
    await changingNoRow(test, async () => {
      for (const wanted of [{}, { requiresTwoFactor: 'yes' }, { requiresTwoFactor: null }]) {
        const answer = await ann.client.patch(PERMISSION, wanted);
        expectProblem(answer, 400, 'validation_failed');
        expect(complaintsOf(answer)[0]).toMatch(/^requiresTwoFactor /);
      }
      const more = await ann.client.patch(PERMISSION, { ...ON, name: 'x' });
      expect(complaintsOf(more)).toEqual(['name unknown_field']);
      const nowhere = await ann.client.patch('/v1/permissions/catalog.eat_product', ON);
      expectProblem(nowhere, 400, 'unknown_permission');
    });
  });

  it('changes all or nothing, when many say the opposite at once', async () => {
    const [ann, eve] = [await overAll(), await overAll()];
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        (i % 2 === 0 ? ann : eve).client.patch<{ requiresTwoFactor: boolean }>(
          PERMISSION,
          i % 2 === 0 ? ON : OFF,
        ),
      ),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    answers.forEach(({ body }, i) => {
      expect(body.requiresTwoFactor).toBe(i % 2 === 0);
    });
  });
});
