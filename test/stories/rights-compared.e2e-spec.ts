import * as fc from 'fast-check';
import type { Principal } from '../../src/access/principal.js';
import { Make } from '../support/make.js';
import type { World } from '../support/naive-rights.js';
import { PERMISSIONS, worlds } from '../support/random-worlds.js';
import { type Asked, type AskedScope, Comparison } from '../support/rights-comparison.js';
import { SettledWorlds } from '../support/settled-worlds.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

/** `WORLDS=10000 npx jest rights-compared` takes some minutes. */
const WORLDS = Number(process.env['WORLDS'] ?? 300);

describe('On random worlds the answers are those of nested loops over the facts:', () => {
  let apps: Record<'on' | 'off', TestApp>;
  let settled: SettledWorlds;
  let root: Principal;

  beforeAll(async () => {
    const [on, off] = await Promise.all(
      ['on', 'off'].map((value) => startTestApp({ environment: { ANONYMOUS_PERMISSIONS: value } })),
    );
    apps = { on: on!, off: off! };
    settled = new SettledWorlds(apps.on);
    const { user } = await new Make(apps.on).user({ isSuperuser: true });
    root = { user, via: 'session', methods: [] };
  });
  afterAll(async () => {
    await settled.clear();
    await apps.on.close();
    await apps.off.close();
  });

  const scope: fc.Arbitrary<AskedScope> = fc.record({
    permission: fc.option(fc.constantFrom(...PERMISSIONS), { freq: 1 }),
    object: fc.option(fc.nat(), { freq: 3 }),
  });
  const asked: fc.Arbitrary<Asked> = fc.record({
    who: fc.nat(),
    permission: fc.constantFrom(...PERMISSIONS),
    object: fc.nat(),
    scopes: fc.option(fc.array(scope, { maxLength: 4 }), { nil: undefined, freq: 3 }),
    limit: fc.integer({ min: 1, max: 4 }),
  });

  it(
    `allows, visible, visiblePage, check, explain, subjects, objects, membership (${String(WORLDS)} worlds)`,
    async () => {
      const world = worlds(() => apps.on.clock.now());
      const questions = fc.array(asked, { minLength: 5, maxLength: 5 });
      await fc.assert(
        fc.asyncProperty(world, questions, async (each, list) => {
          await compare(each, list);
        }),
        { numRuns: WORLDS },
      );
    },
    Math.max(120_000, WORLDS * 400),
  );

  const compare = async (world: World, questions: readonly Asked[]) => {
    await settled.settle(world);
    const ofAnonymous = world.held.some(({ holder }) => holder === 'everybody');
    const test = world.anonymous ? apps.on : apps.off;
    if (ofAnonymous) await settled.heardBy(test);
    try {
      const comparison = new Comparison(test, settled, world, root);
      await comparison.decisions();
      for (const question of questions) await comparison.ask(question);
    } finally {
      if (ofAnonymous) await settled.unsettle();
    }
  };
});
