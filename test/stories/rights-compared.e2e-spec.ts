import * as fc from 'fast-check';
import type { PermissionName } from '../../src/access/permission-name.js';
import type { Principal } from '../../src/access/principal.js';
import { Scopes } from '../../src/access/scopes.js';
import type { Page, PageQuery } from '../../src/common/paging.js';
import { DecisionsService } from '../../src/permissions/asking/decisions.service.js';
import { ExplanationService } from '../../src/permissions/asking/explanation.service.js';
import { ObjectsService } from '../../src/permissions/asking/objects.service.js';
import { OwnDecisionsService } from '../../src/permissions/asking/own-decisions.service.js';
import type { QuestionAbout } from '../../src/permissions/asking/question.js';
import { SubjectsService } from '../../src/permissions/asking/subjects.service.js';
import { PermissionsService } from '../../src/permissions/permissions.service.js';
import { User } from '../../src/users/user.entity.js';
import { Make } from '../support/make.js';
import {
  allows,
  cost,
  type Name,
  OVER,
  standing,
  type Who,
  type World,
} from '../support/naive-rights.js';
import { PERMISSIONS, worlds } from '../support/random-worlds.js';
import { cursorAt, idAt, SettledWorlds } from '../support/settled-worlds.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

/** `WORLDS=10000 npx jest rights-compared` takes some minutes. */
const WORLDS = Number(process.env['WORLDS'] ?? 300);

const [VIEW] = PERMISSIONS;

/** A question within a world. */
interface Asked {
  readonly who: number;
  readonly permission: PermissionName;
  readonly object: number;
  readonly scopes: readonly PermissionName[] | undefined;
  readonly limit: number;
}

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

  const asked: fc.Arbitrary<Asked> = fc.record({
    who: fc.nat(),
    permission: fc.constantFrom(...PERMISSIONS),
    object: fc.nat(),
    scopes: fc.option(fc.subarray([...PERMISSIONS]), { nil: undefined, freq: 3 }),
    limit: fc.integer({ min: 1, max: 4 }),
  });

  it(
    `allows, visible, visiblePage, check, explain, subjects, objects (${String(WORLDS)} worlds)`,
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

/** One world, asked both ways. */
class Comparison {
  private readonly now: Date;
  private readonly people: readonly Name[];
  private readonly all: readonly Name[];

  constructor(
    private readonly test: TestApp,
    private readonly settled: SettledWorlds,
    private readonly world: World,
    private readonly root: Principal,
  ) {
    this.now = test.clock.now();
    this.people = world.users.map((_, n) => `u${String(n)}`);
    this.all = [...this.people, ...Array.from({ length: world.groups }, (_, n) => `g${String(n)}`)];
  }

  /** Everything about everybody in one question. */
  async decisions(): Promise<void> {
    const questions = this.all.flatMap((who) =>
      PERMISSIONS.flatMap((permission) =>
        [null, ...this.people].map((object) => ({ who, permission, object })),
      ),
    );
    const answers = await this.service(DecisionsService).decide(
      questions.map((question) => this.about(question)),
    );
    const found = questions.filter((_, i) => answers[i]);
    const expected = questions.filter(({ who, permission, object }) =>
      allows(this.world, { name: who }, permission, object, this.now),
    );
    expect(found).toEqual(expected);
  }

  async ask({ who, permission, object, scopes, limit }: Asked): Promise<void> {
    const name = this.all[who % this.all.length]!;
    const on = [null, ...this.people][object % (this.people.length + 1)]!;
    await this.explain({ name, ...(name.startsWith('u') && scopes && { scopes }) }, permission, on);
    await this.subjects(permission, on, limit);
    await this.objects({ name }, permission, limit, this.root);
    const caller = [...this.people, 'everybody'][who % (this.people.length + 1)]!;
    const isActive = standing(this.world, { name: caller }, permission) !== 'inactive';
    if (isActive) {
      await this.own({ name: caller, ...(scopes && { scopes }) }, permission, on, limit);
    }
  }

  /** What somebody finds who calls. */
  private async own(who: Who, permission: PermissionName, on: Name | null, limit: number) {
    const stranger = who.name === 'everybody';
    const asker = stranger ? undefined : this.principal(who);
    const whoCalls = stranger ? { name: who.name } : who;
    const allowed = allows(this.world, whoCalls, permission, on, this.now);
    const objectId = on === null ? undefined : this.settled.idOf(on);
    const permissions = this.service(PermissionsService);
    const said = await permissions.allows(asker, permission, objectId);
    expect({ allows: said, who, permission, on }).toEqual({ allows: allowed, who, permission, on });
    if (asker !== undefined) {
      const question = { permission, ...(objectId !== undefined && { objectId }) };
      expect(await this.service(OwnDecisionsService).decide(asker, [question])).toEqual([allowed]);
      await this.objects(who, permission, limit, asker);
    }
    const expected = this.people.filter((object) =>
      allows(this.world, whoCalls, permission, object, this.now),
    );
    const query = () =>
      this.test.database
        .getRepository(User)
        .createQueryBuilder('user')
        .where('user.id BETWEEN :before AND :after', {
          before: this.settled.before,
          after: this.settled.after,
        });
    const seen = await permissions.visible(query(), asker, permission);
    expect(this.names(await seen.orderBy('user.id').getMany())).toEqual(expected);
    const pages = await this.pages(limit, (page) =>
      permissions.visiblePage(query(), asker, permission, page),
    );
    expect(pages).toEqual(expected);
  }

  private async explain(who: Who, permission: PermissionName, on: Name | null) {
    const asker = who.scopes ? this.principal(who) : this.root;
    const question = this.about({ who: who.name, permission, object: on });
    const told = await this.service(ExplanationService).explain(asker, question);
    const nearest = cost(this.world, who.name, permission, on, this.now);
    const stands = standing(this.world, who, permission);
    const { allowed, facts, missing } = told!;
    const expected = stands === 'ordinary' ? outcomeOf(nearest) : OUTCOMES[stands];
    const kind = missing?.kind ?? 'none';
    const more = kind === 'permission' || kind === 'membership' ? 'more' : kind;
    expect({ facts: facts.length, missing: more }).toEqual(expected);
    expect(allowed).toBe(allows(this.world, who, permission, on, this.now));
    expect(facts.every(({ expiresAt }) => expiresAt === null || expiresAt > this.now)).toBe(true);
  }

  private async subjects(permission: PermissionName, on: Name | null, limit: number) {
    const service = this.service(SubjectsService);
    const question = this.about({ who: 'u0', permission, object: on });
    const withoutAnonymous = { ...this.world, anonymous: false };
    expect(await this.pages(limit, (page) => service.page(question, page))).toEqual(
      this.people.filter((name) => allows(withoutAnonymous, { name }, permission, on, this.now)),
    );
    const everybody = allows(this.world, { name: 'everybody' }, permission, on, this.now);
    expect(await service.everybody(question)).toBe(everybody);
  }

  private async objects(who: Who, permission: PermissionName, limit: number, asker: Principal) {
    const { subject } = this.about({ who: who.name, permission, object: null });
    const pages = await this.pages(limit, (page) =>
      this.service(ObjectsService).page(asker, { subject, permission }, page),
    );
    const isAllowed = (of: Who, what: string, object: Name | null) =>
      allows(this.world, of, what, object, this.now);
    const onKind = isAllowed({ name: who.name }, permission, null);
    const viewer = asker === this.root ? undefined : who;
    const expected = this.people
      .filter((object) => isAllowed(who, permission, object))
      .filter((object) => !onKind || viewer === undefined || isAllowed(viewer, VIEW, object));
    expect(pages).toEqual(expected);
  }

  /** The names on all pages that are of this world. */
  private async pages(
    limit: number,
    read: (page: PageQuery) => Promise<Page<{ readonly id: string }>>,
  ): Promise<Name[]> {
    const names: Name[] = [];
    let cursor: string | null = cursorAt(this.settled.before);
    while (cursor !== null) {
      const { items, nextCursor }: Page<{ readonly id: string }> = await read({ limit, cursor });
      names.push(...this.names(items.filter(({ id }) => this.settled.has(id))));
      const isPast = nextCursor !== null && idAt(nextCursor) > this.settled.after;
      cursor = isPast ? null : nextCursor;
    }
    return names;
  }

  private names(items: readonly { readonly id: string }[]): Name[] {
    return items.map(({ id }) => this.settled.nameOf(id));
  }

  private about(question: {
    who: Name;
    permission: PermissionName;
    object: Name | null;
  }): QuestionAbout {
    const { who, permission, object } = question;
    return {
      subject: { type: who.startsWith('u') ? 'user' : 'group', id: this.settled.idOf(who) },
      permission,
      ...(object !== null && { objectId: this.settled.idOf(object) }),
    };
  }

  private principal({ name, scopes }: Who): Principal {
    const { superuser = false } = this.world.users[Number(name.slice(1))] ?? {};
    return {
      user: { id: this.settled.idOf(name), isStaff: false, isSuperuser: superuser },
      via: 'session',
      methods: [],
      ...(scopes && { scopes: Scopes.of(scopes as PermissionName[]) }),
    };
  }

  private service<T>(type: new (...args: never[]) => T): T {
    return this.test.app.get(type, { strict: false });
  }
}

const OUTCOMES = {
  superuser: { facts: 1, missing: 'none' },
  inactive: { facts: 0, missing: 'inactive' },
  scope: { facts: 0, missing: 'scope' },
};

function outcomeOf(nearest: number): { facts: number; missing: string } {
  if (nearest < OVER) return { facts: nearest, missing: 'none' };
  return { facts: 0, missing: nearest < 2 * OVER ? 'expired' : 'more' };
}
