import { v7 as uuidv7 } from 'uuid';
import { type AccessRule, demandedBy } from '../../src/access/access-rule.js';
import {
  known,
  type PermissionName,
  type ResourceName,
  viewOf,
} from '../../src/access/permission-name.js';
import { AuditService } from '../../src/audit/audit.service.js';
import { RouteTable } from '../../src/auth/route-table.js';
import type { Route } from '../../src/auth/route.js';
import type { Problem } from '../../src/common/problem.js';
import { RightsService } from '../../src/permissions/holding/rights.service.js';
import type { Answer, Client } from '../support/client.js';
import { Make } from '../support/make.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { MAKERS, type Thing } from '../support/things.js';

type Demanding = Extract<AccessRule, { permissions: unknown }>;
type Guarded = Route & { readonly rule: Demanding };

/**
 * Every route there is, asked by every kind of caller (ASVS 8.2.1, 8.2.2; J01, J14, K14): a route that is added later is
 * asked by itself. What a route does is the matter of its own stories; this one is about who gets as far.
 */
describe('Every route', () => {
  let test: TestApp;
  let make: Make;
  let routes: Route[];
  let denied: jest.SpyInstance;

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
    routes = test.app.get(RouteTable, { strict: false }).routes();
    denied = jest.spyOn(test.app.get(AuditService, { strict: false }), 'note');
  });
  afterAll(async () => {
    denied.mockRestore();
    await test.close();
  });

  const guarded = () =>
    routes.filter(({ rule }): boolean => rule !== undefined && 'permissions' in rule) as Guarded[];
  const ofKind = (kind: AccessRule['kind']) => routes.filter(({ rule }) => rule?.kind === kind);
  const nameOf = ({ method, path }: Route) => `${method} ${path}`;

  const ask = (client: Client, { method, path }: Route, params: Thing['params'] = {}) => {
    const url = path.replace(/:(\w+)/g, (_, name: string) => params[name] ?? uuidv7());
    const body = method === 'GET' ? {} : { headers: JSON_BODY, payload: '{}' };
    return client.send<Problem>({ method: method, url, ...body });
  };
  /** What the guard says: the code of its refusal, or `passed` to whatever the route makes of it. */
  const verdict = async (client: Client, route: Route, params?: Thing['params']) => {
    denied.mockClear();
    const { status, body } = await ask(client, route, params);
    const code = (body as Problem | undefined)?.code;
    if (status >= 500) return `failed ${String(status)}`;
    const refused = denied.mock.calls.some(([{ action }]) => action === 'access_denied');
    return refused || REFUSALS.includes(code) ? String(code) : 'passed';
  };
  const verdicts = async (asked: Route[], client: (route: Route) => Client | Promise<Client>) => {
    const found: Record<string, string> = {};
    for (const route of asked) found[nameOf(route)] = await verdict(await client(route), route);
    return found;
  };
  const all = (asked: Route[], expected: string) =>
    Object.fromEntries(asked.map((route) => [nameOf(route), expected]));

  /** Somebody who holds these permissions: on a thing, or on every object. */
  const holder = async (permissions: readonly PermissionName[], objectId?: string) => {
    const { user, client } = await make.signedIn();
    const rights = test.app.get(RightsService, { strict: false });
    const her = { type: 'user', id: user.id } as const;
    await test.database.transaction(async (manager) => {
      for (const permission of permissions) {
        if (objectId === undefined) await rights.give(manager, her, permission);
        else await rights.grant(manager, her, permission, objectId);
      }
    });
    return client;
  };
  /** As much as the rule demands. */
  const enough = ({ rule }: Guarded) =>
    rule.any ? rule.permissions.slice(0, 1) : rule.permissions;
  const kindOf = ({ rule }: Guarded): ResourceName => known(rule.permissions[0]!).name;
  const thingFor = (route: Guarded): Promise<Thing> => {
    const maker = MAKERS[kindOf(route)];
    if (maker === undefined) {
      throw new Error(`test/support/things.ts cannot make a ${kindOf(route)}`);
    }
    return maker(test);
  };

  const paramsOf = ({ rule }: Guarded, { id, params }: Thing): Thing['params'] =>
    rule.kind === 'object' ? { ...params, [rule.param]: id } : params;

  it('that is not public asks strangers to sign in', async () => {
    const closed = routes.filter(({ rule }) => rule?.kind !== 'public');
    const stranger = make.client;
    expect(await verdicts(closed, () => stranger)).toEqual(all(closed, 'not_authenticated'));
  });

  it('refuses a credential that is no good, public or not', async () => {
    const forger = make.client.as('eyJhbGciOiJub25lIn0.e30.');
    expect(await verdicts(routes, () => forger)).toEqual(all(routes, 'invalid_token'));
  });

  it('that demands a permission refuses those who hold none, whatever they say they are', async () => {
    const asked = ofKind('permission');
    const { client } = await make.signedIn({ isStaff: true });
    expect(await verdicts(asked, () => client)).toEqual(all(asked, 'permission_denied'));
  });

  it('refuses who holds every permission but those that it demands', async () => {
    const asked = guarded().filter(({ rule }) => rule.kind === 'permission');
    const everything = [...new Set(guarded().flatMap(({ rule }) => demandedBy(rule)))];
    const allBut = ({ rule }: Guarded) =>
      holder(everything.filter((permission) => !rule.permissions.includes(permission)));
    expect(await verdicts(asked, (route) => allBut(route as Guarded))).toEqual(
      all(asked, 'permission_denied'),
    );
  });

  it('lets those pass who hold what it demands', async () => {
    const asked = guarded();
    const client = (route: Route) => holder(enough(route as Guarded));
    expect(await verdicts(asked, client)).toEqual(all(asked, 'passed'));
  });

  it('lets superusers pass', async () => {
    const asked = guarded();
    const { client } = await make.signedIn({ isSuperuser: true });
    expect(await verdicts(asked, () => client)).toEqual(all(asked, 'passed'));
  });

  it('is closed to a superuser who was made inactive', async () => {
    await make.user({ isSuperuser: true }); // somebody must be one
    const { client, user } = await make.signedIn({ isSuperuser: true });
    await test.database.query('UPDATE users SET is_active = false WHERE id = $1', [user.id]);
    const asked = guarded();
    const found = await verdicts(asked, () => client);
    expect([...new Set(Object.values(found))]).toEqual(['invalid_token']);
  });

  describe('about one object', () => {
    const asked = () => guarded().filter(({ rule }) => rule.kind === 'object');
    const askEach = async (
      expected: string,
      client: (route: Guarded, thing: Thing) => Promise<Client>,
      params = paramsOf,
    ) => {
      const found: Record<string, string> = {};
      for (const route of asked()) {
        const thing = await thingFor(route);
        found[nameOf(route)] = await verdict(
          await client(route, thing),
          route,
          params(route, thing),
        );
      }
      expect(found).toEqual(all(asked(), expected));
    };

    it('says that there is none to who may not view it', () =>
      askEach('not_found', async () => (await make.signedIn()).client));

    it('says the same of one that does not exist', () =>
      askEach(
        'not_found',
        async () => (await make.signedIn()).client,
        () => ({}),
      ));

    it('says the same to who holds everything on another object', () =>
      askEach('not_found', async (route) => holder(allOf(route), uuidv7())));

    it('lets who was granted it pass', () =>
      askEach('passed', (route, { id }) => holder(enough(route), id)));

    it('tells who may view it and no more that this is not allowed', async () => {
      const found: Record<string, string> = {};
      const beyondViewing = asked().filter(
        ({ rule }) => !rule.permissions.some((permission) => viewOf(permission) === permission),
      );
      for (const route of beyondViewing) {
        const thing = await thingFor(route);
        const viewer = await holder([viewOf(route.rule.permissions[0]!)], thing.id);
        found[nameOf(route)] = await verdict(viewer, route, paramsOf(route, thing));
      }
      expect(found).toEqual(all(beyondViewing, 'permission_denied'));
    });

    it.each([
      '%00',
      '..%2f',
      '7',
      '{00000000-0000-0000-0000-000000000000}',
      'urn:uuid:1',
      '1e1',
      "'",
    ])('finds nothing under the id %s (J08)', async (id) => {
      const { client } = await make.signedIn({ isSuperuser: true });
      for (const route of asked()) {
        const answer: Answer = await ask(client, route, {
          [(route.rule as { param: string }).param]: id,
        });
        const found = { route: nameOf(route), absent: [400, 404].includes(answer.status) };
        expect(found).toEqual({ route: nameOf(route), absent: true });
      }
    });
  });

  const allOf = (route: Guarded): PermissionName[] =>
    Object.values(known(route.rule.permissions[0]!).permissions);
});

const JSON_BODY = { 'content-type': 'application/json' };
const REFUSALS: readonly unknown[] = ['not_authenticated', 'invalid_token', 'permission_denied'];
