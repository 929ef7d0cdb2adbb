import * as fc from 'fast-check';
import type { Name, World } from './naive-rights.js';

/** Relative to now, in hours; null: for ever. */
type Hours = -1 | 1 | null;

export const KIND = 'users.user';
export const PERMISSIONS = ['users.view_user', 'users.change_user', 'users.delete_user'] as const;

const ends = fc.constantFrom<Hours>(null, null, null, 1, -1);
const some = <T>(of: fc.Arbitrary<T>, maxLength: number) => fc.array(of, { maxLength });

/** Small, so that facts meet; the groups contain each other in one direction only. */
export const worlds = (now: () => Date): fc.Arbitrary<World> =>
  fc
    .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 5 }))
    .chain(([users, groups]) => {
      const user = fc.nat({ max: users - 1 }).map((n): Name => `u${String(n)}`);
      const nth = (n: number): Name => `g${String(n)}`;
      const group = fc.nat({ max: groups - 1 }).map(nth);
      const permission = fc.constantFrom(...PERMISSIONS);
      const holder = fc.oneof(user, group, group, fc.constant('everybody'));
      const until = ends.map((hours) => (hours === null ? null : inHours(now(), hours)));
      const inclusion = fc
        .uniqueArray(fc.nat({ max: groups - 1 }), { minLength: 2, maxLength: 2 })
        .map(([a = 0, b = 0]) => ({ group: nth(Math.min(a, b)), included: nth(Math.max(a, b)) }));
      const inclusions = fc.array(fc.tuple(inclusion, until), { maxLength: groups < 2 ? 0 : 6 });
      return fc.record({
        users: fc.array(
          fc.record({
            active: fc.constantFrom(true, true, true, false),
            superuser: fc.constantFrom(false, false, false, false, true),
          }),
          { minLength: users, maxLength: users },
        ),
        groups: fc.constant(groups),
        members: some(fc.record({ group, user, until }), 6).map(once(['group', 'user'])),
        inclusions: (groups < 2 ? fc.constant([]) : inclusions)
          .map((pairs) => pairs.map(([pair, end]) => ({ ...pair, until: end })))
          .map(once(['group', 'included'])),
        held: some(
          fc.record({ holder, permission, object: fc.option(user, { freq: 2 }), until }),
          10,
        ).map(once(['holder', 'permission', 'object'])),
        anonymous: fc.boolean(),
      });
    });

const inHours = (now: Date, hours: number): Date => new Date(now.getTime() + hours * 3_600_000);

/** One of each: the tables have a key. */
const once =
  <T extends object>(key: (keyof T)[]) =>
  (facts: T[]): T[] => [
    ...new Map(facts.map((fact) => [key.map((name) => String(fact[name])).join(), fact])).values(),
  ];
