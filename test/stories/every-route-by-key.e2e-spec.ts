import { v7 as uuidv7 } from 'uuid';
import type { AccessRule } from '../../src/access/access-rule.js';
import { definedResources, type PermissionName } from '../../src/access/permission-name.js';
import { parseScope, type Scope } from '../../src/access/scopes.js';
import { RouteTable } from '../../src/auth/route-table.js';
import type { Route } from '../../src/auth/route.js';
import type { Problem } from '../../src/common/problem.js';
import { makeKey } from '../support/api-keys.js';
import type { Client } from '../support/client.js';
import { Make } from '../support/make.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

/** `passed`, or the code of a refusal. */
type Verdict = string;

/** Every route there is, called with keys of every kind (L05, L07): a route that is added later is asked by itself. */
describe('Every route, called with an API key', () => {
  let test: TestApp;
  let routes: Route[];
  let ownerId: string;

  beforeAll(async () => {
    test = await startTestApp();
    routes = test.app.get(RouteTable, { strict: false }).routes();
    ownerId = (await new Make(test).user({ isSuperuser: true })).user.id;
  });
  afterAll(() => test.close());

  const nameOf = ({ method, path }: Route) => `${method} ${path}`;
  const closed = () => routes.filter(({ rule }) => rule?.kind !== 'public');
  const all = () => definedResources().flatMap(({ permissions }) => Object.values(permissions));
  const keyFor = async (scopes?: readonly Scope[]): Promise<Client> =>
    (await makeKey(test, ownerId, { ...(scopes && { scopes }) })).client;

  /** What the door says; what is behind it is the matter of other stories. */
  const verdict = async (client: Client, { method, path }: Route): Promise<Verdict> => {
    const url = path.replace(':permission', 'users.view_user').replace(/:(\w+)/g, () => uuidv7());
    const body = method === 'GET' ? {} : { headers: JSON_BODY, payload: '{}' };
    const { status, body: problem } = await client.send<Problem | undefined>({
      method: method,
      url,
      ...body,
    });
    if (status >= 500) return `failed ${String(status)}`;
    return REFUSALS.includes(problem?.code) ? String(problem?.code) : 'passed';
  };
  const verdicts = async (asked: readonly Route[], client: Client) => {
    const found: Record<string, Verdict> = {};
    for (const route of asked) found[nameOf(route)] = await verdict(client, route);
    return found;
  };
  const matrix = (asked: readonly Route[], has: (permission: PermissionName) => boolean) =>
    Object.fromEntries(asked.map((route) => [nameOf(route), expected(route.rule!, has)]));

  it('passes with all that its owner may, but for what is for people', async () => {
    const found = await verdicts(closed(), await keyFor());
    expect(found).toEqual(matrix(closed(), () => true));
    expect(new Set(Object.values(found))).toEqual(new Set(['passed', 'api_key_not_allowed']));
  });

  it('passes nothing that takes a permission with a key without scopes', async () => {
    expect(await verdicts(closed(), await keyFor([]))).toEqual(matrix(closed(), () => false));
  });

  it('passes what each single permission opens, and nothing else', async () => {
    for (const permission of all()) {
      const found = await verdicts(closed(), await keyFor([{ permission }]));
      expect({ permission, found }).toEqual({
        permission,
        found: matrix(closed(), (each) => each === permission),
      });
    }
  });

  it('passes with every permission named as it does without any scope', async () => {
    const scopes = all().map((permission) => ({ permission }));
    expect(await verdicts(closed(), await keyFor(scopes))).toEqual(matrix(closed(), () => true));
  });

  it('is not opened everywhere by scopes on single objects', async () => {
    const scopes = all().flatMap((permission) => parseScope(`${permission}:${uuidv7()}`) ?? []);
    const found = await verdicts(closed(), await keyFor(scopes));
    const everywhere = closed().filter(({ rule }) => rule?.kind === 'permission');
    expect(everywhere.length).toBeGreaterThan(5);
    for (const route of everywhere) {
      expect([nameOf(route), found[nameOf(route)]]).toEqual([
        nameOf(route),
        expected(route.rule!, () => false),
      ]);
    }
    // Those ids are of other objects than the scopes name: whether there are any, nobody is told.
    const onObjects = closed().filter(({ rule }) => rule?.kind === 'object');
    for (const route of onObjects) {
      const absent = expected(route.rule!, () => true);
      expect([nameOf(route), found[nameOf(route)]]).toEqual([nameOf(route), absent]);
    }
  });

  it('about passwords, second factors, sessions, keys and accounts is never passed', () => {
    const people = closed().filter(({ path }) => WAYS_IN.some((way) => path.startsWith(way)));
    const passed = people.filter(({ rule }) => expected(rule!, () => true) === 'passed');
    expect(passed.map(nameOf)).toEqual(['GET /v1/users/me', 'GET /v1/users/me/permissions']);
    expect(people.length).toBeGreaterThan(40);
  });

  it('that is public passes with a key, too', async () => {
    const open = routes.filter(({ rule }) => rule?.kind === 'public');
    const found = await verdicts(open, await keyFor([]));
    expect(found).toEqual(Object.fromEntries(open.map((route) => [nameOf(route), 'passed'])));
  });
});

/** The rule of the house in plain words. The owner holds everything. */
function expected(rule: AccessRule, has: (permission: PermissionName) => boolean): Verdict {
  if (rule.kind === 'public') return 'passed';
  if (!isForKeys(rule)) return 'api_key_not_allowed';
  if (rule.kind === 'login') return 'passed';
  const covered = rule.any ? rule.permissions.some(has) : rule.permissions.every(has);
  if (!covered) return 'insufficient_scope';
  return rule.twoFactor && !rule.twoFactor.apiKeys ? 'two_factor_required' : 'passed';
}

function isForKeys({ kind, apiKeys, ...rule }: AccessRule): boolean {
  if ('recent' in rule && rule.recent) return false;
  return kind === 'login' ? apiKeys === true : apiKeys !== false;
}

/** What is about who gets in, and how. */
const WAYS_IN = ['/v1/auth/', '/v1/users', '/v1/service-accounts'];

const JSON_BODY = { 'content-type': 'application/json' };
const REFUSALS: readonly unknown[] = [
  'not_authenticated',
  'invalid_token',
  'permission_denied',
  'insufficient_scope',
  'api_key_not_allowed',
  'two_factor_required',
  'two_factor_enrollment_required',
  'reauthentication_required',
];
