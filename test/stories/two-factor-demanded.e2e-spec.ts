import { products } from '../../src/catalog/products/product.entity.js';
import { withAuthenticator } from '../support/authenticator.js';
import { Browser } from '../support/browser.js';
import { Make, type MadeUser } from '../support/make.js';
import { type Rights, rightsOf } from '../support/rights.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { claimsOf, marksOf, signInWithCode } from '../support/two-factor-policy.js';

type Policy = 'none' | 'staff' | 'all';

interface Kind {
  readonly who: string;
  readonly given?: Parameters<Make['user']>[0];
  /** What makes her one. */
  readonly become?: (test: TestApp, rights: Rights, user: MadeUser['user']) => Promise<unknown>;
  /** The policies under which she must have a second factor. */
  readonly under: readonly Policy[];
}

const ALWAYS: readonly Policy[] = ['none', 'staff', 'all'];
const DAY = 86_400_000;

const KINDS: readonly Kind[] = [
  { who: 'anybody', under: ['all'] },
  { who: 'staff', given: { isStaff: true }, under: ['staff', 'all'] },
  { who: 'a superuser', given: { isSuperuser: true }, under: ['staff', 'all'] },
  {
    who: 'a member of a group that demands it',
    become: async (test, rights, { id }) => {
      const group = await rights.group();
      await marksOf(test).group(group.id);
      await rights.join(group.id, id);
    },
    under: ALWAYS,
  },
  {
    who: 'a member of a group within two groups of which the outer one demands it',
    become: async (test, rights, { id }) => {
      const [inner, middle, outer] = [
        await rights.group(),
        await rights.group(),
        await rights.group(),
      ];
      await rights.include(middle.id, inner.id);
      await rights.include(outer.id, middle.id);
      await rights.join(inner.id, id);
      await marksOf(test).group(outer.id);
    },
    under: ALWAYS,
  },
  {
    who: 'a member of a group that contains one that demands it',
    become: async (test, rights, { id }) => {
      const [inner, outer] = [await rights.group(), await rights.group()];
      await rights.include(outer.id, inner.id);
      await rights.join(outer.id, id);
      await marksOf(test).group(inner.id);
    },
    under: ['all'],
  },
  {
    who: 'a member until yesterday',
    become: async (test, rights, { id }) => {
      const group = await rights.group();
      await marksOf(test).group(group.id);
      await rights.join(group.id, id, new Date(test.clock.millis() - DAY));
    },
    under: ['all'],
  },
  {
    who: 'a member through a group that was included until yesterday',
    become: async (test, rights, { id }) => {
      const [inner, outer] = [await rights.group(), await rights.group()];
      await rights.include(outer.id, inner.id, new Date(test.clock.millis() - DAY));
      await rights.join(inner.id, id);
      await marksOf(test).group(outer.id);
    },
    under: ['all'],
  },
  {
    who: 'who holds a permission that demands it',
    become: async (test, rights, { id }) => {
      await marksOf(test).permission(products.change);
      await rights.give({ type: 'user', id }, products.change);
    },
    under: ALWAYS,
  },
  {
    who: 'who holds it through a group',
    become: async (test, rights, { id }) => {
      const group = await rights.group();
      await marksOf(test).permission(products.change);
      await rights.give(group, products.change);
      await rights.join(group.id, id);
    },
    under: ALWAYS,
  },
  {
    who: 'who held it until yesterday',
    become: async (test, rights, { id }) => {
      await marksOf(test).permission(products.change);
      await rights.give({ type: 'user', id }, products.change, new Date(test.clock.millis() - DAY));
    },
    under: ['all'],
  },
  {
    who: 'who holds another permission',
    become: async (test, rights, { id }) => {
      await marksOf(test).permission(products.change);
      await rights.give({ type: 'user', id }, products.view);
    },
    under: ['all'],
  },
  {
    who: 'a superuser, where any permission demands it',
    given: { isSuperuser: true },
    become: (test) => marksOf(test).permission(products.change),
    under: ALWAYS,
  },
];

const CASES = ALWAYS.flatMap((policy) =>
  KINDS.map((kind) => ({
    policy,
    ...kind,
    demanded: kind.under.includes(policy),
    title: `${policy}: ${kind.who} ${kind.under.includes(policy) ? 'must' : 'need not'}`,
  })),
);

describe.each(ALWAYS)('Who must have a second factor, where it is demanded of %s', (policy) => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp({ environment: { TWO_FACTOR_REQUIRED_FOR: policy } });
    make = new Make(test);
  });
  afterEach(() => marksOf(test).nothing());
  afterAll(() => test.close());

  const someone = async ({ given, become }: Kind) => {
    const made = await make.user(given);
    await become?.(test, rightsOf(test), made.user);
    return made;
  };

  it.each(CASES.filter((each) => each.policy === policy))('$title', async (kind) => {
    const her = await someone(kind);
    const { status, body } = await make.client.login(her.email, her.password);
    const expected = kind.demanded ? 'two_factor_enrollment_required' : 'authenticated';
    expect({ status, ended: body.status }).toEqual({ status: 200, ended: expected });
    expect(claimsOf(body.accessToken)['acr']).toBe(kind.demanded ? 'enrollment' : 'aal1');
    const session = make.client.as(body.accessToken);
    expect((await session.get('/v1/users/me/sessions')).status).toBe(kind.demanded ? 403 : 200);
    const browser = new Browser(test);
    expect((await browser.signIn(her)).body.status).toBe(expected);
    expect((await browser.get('/v1/users/me/sessions')).status).toBe(kind.demanded ? 403 : 200);
  });

  it.each(CASES.filter((each) => each.policy === policy))(
    '$title, and shows the one that she has',
    async (kind) => {
      const her = await someone(kind);
      const app = await withAuthenticator(test, her.user.id);
      const begun = await new Browser(test).signIn(her);
      expect(begun.body.status as string).toBe('two_factor_required');
      expect(begun.headers['set-cookie']).toBeUndefined();
      const { status, body } = await signInWithCode(test, her, app);
      expect({ status, ended: body.status }).toEqual({ status: 200, ended: 'authenticated' });
      expect(claimsOf(body.accessToken ?? '')['acr']).toBe('aal2');
      const session = make.client.as(body.accessToken ?? '');
      expect((await session.get('/v1/users/me/sessions')).status).toBe(200);
    },
  );
});
