import type { PermissionName } from '../../src/access/permission-name.js';
import type { Principal } from '../../src/access/principal.js';
import { DecisionsService } from '../../src/permissions/asking/decisions.service.js';
import { ExplanationService } from '../../src/permissions/asking/explanation.service.js';
import { ObjectsService } from '../../src/permissions/asking/objects.service.js';
import { OwnDecisionsService } from '../../src/permissions/asking/own-decisions.service.js';
import { SubjectsService } from '../../src/permissions/asking/subjects.service.js';
import { AuthorityService } from '../../src/permissions/authority.service.js';
import { BeyondOwnRights } from '../../src/permissions/permissions.errors.js';
import { PermissionsService } from '../../src/permissions/permissions.service.js';
import { User } from '../../src/users/user.entity.js';
import { AskableWorld } from './askable-world.js';
import { allows, cost, type Name, OVER, standing, type Who, type World } from './naive-rights.js';
import { PERMISSIONS } from './random-worlds.js';
import type { SettledWorlds } from './settled-worlds.js';
import type { TestApp } from './test-app.js';

const [VIEW] = PERMISSIONS;

/** Of a credential. */
export interface AskedScope {
  /** Null: the one that is asked for. */
  readonly permission: PermissionName | null;
  /** Null: on every object. */
  readonly object: number | null;
}

/** A question within a world. */
export interface Asked {
  readonly who: number;
  readonly permission: PermissionName;
  readonly object: number;
  readonly scopes: readonly AskedScope[] | undefined;
  readonly limit: number;
}

/** One world, asked both ways. */
export class Comparison {
  private readonly now: Date;
  private readonly words: AskableWorld;
  private readonly people: readonly Name[];
  private readonly all: readonly Name[];

  constructor(
    private readonly test: TestApp,
    private readonly settled: SettledWorlds,
    private readonly world: World,
    private readonly root: Principal,
  ) {
    this.now = test.clock.now();
    this.words = new AskableWorld(settled, world);
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
      questions.map((question) => this.words.about(question)),
    );
    const found = questions.filter((_, i) => answers[i]);
    const expected = questions.filter(({ who, permission, object }) =>
      allows(this.world, { name: who }, permission, object, this.now),
    );
    expect(found).toEqual(expected);
  }

  async ask({ who, permission, object, limit, ...more }: Asked): Promise<void> {
    const scopes = more.scopes?.map((scope) => this.scope(scope, permission));
    const name = this.all[who % this.all.length]!;
    const on = [null, ...this.people][object % (this.people.length + 1)]!;
    await this.explain({ name, ...(name.startsWith('u') && scopes && { scopes }) }, permission, on);
    await this.subjects(permission, on, limit);
    await this.objects({ name }, permission, limit, this.root);
    const caller = [...this.people, 'everybody'][who % (this.people.length + 1)]!;
    const isActive = standing(this.world, { name: caller }, permission, on) !== 'inactive';
    if (!isActive) return;
    const calling = { name: caller, ...(scopes && { scopes }) };
    await this.own(calling, permission, on, limit);
    await this.membership(calling, object);
  }

  private scope({ permission, object }: AskedScope, asked: PermissionName): string {
    const name = permission ?? asked;
    return object === null ? name : `${name}:${this.people[object % this.people.length]!}`;
  }

  /** Whether somebody may put others into a group: who holds all that it gives. */
  private async membership(who: Who, place: number) {
    const group = `g${String(place % this.world.groups)}`;
    const stranger = who.name === 'everybody';
    const whoCalls = stranger ? { name: who.name } : who;
    const lacks = PERMISSIONS.some((permission) =>
      [null, ...this.people].some(
        (object) =>
          allows(this.world, { name: group }, permission, object, this.now) &&
          !allows(this.world, whoCalls, permission, object, this.now),
      ),
    );
    const giving = this.service(AuthorityService).mayGiveMembership(
      stranger ? undefined : this.words.principal(who),
      this.settled.idOf(group),
    );
    const refused = await giving.then(
      () => false,
      (error: unknown) => error instanceof BeyondOwnRights,
    );
    expect({ refused, who, group }).toEqual({ refused: lacks, who, group });
  }

  /** What somebody finds who calls. */
  private async own(who: Who, permission: PermissionName, on: Name | null, limit: number) {
    const stranger = who.name === 'everybody';
    const asker = stranger ? undefined : this.words.principal(who);
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
    expect(this.words.names(await seen.orderBy('user.id').getMany())).toEqual(expected);
    const pages = await this.words.pages(limit, (page) =>
      permissions.visiblePage(query(), asker, permission, page),
    );
    expect(pages).toEqual(expected);
  }

  private async explain(who: Who, permission: PermissionName, on: Name | null) {
    const asker = who.scopes ? this.words.principal(who) : this.root;
    const question = this.words.about({ who: who.name, permission, object: on });
    const told = await this.service(ExplanationService).explain(asker, question);
    const nearest = cost(this.world, who.name, permission, on, this.now);
    const stands = standing(this.world, who, permission, on);
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
    const question = this.words.about({ who: 'u0', permission, object: on });
    const withoutAnonymous = { ...this.world, anonymous: false };
    expect(await this.words.pages(limit, (page) => service.page(question, page))).toEqual(
      this.people.filter((name) => allows(withoutAnonymous, { name }, permission, on, this.now)),
    );
    const everybody = allows(this.world, { name: 'everybody' }, permission, on, this.now);
    expect(await service.everybody(question)).toBe(everybody);
  }

  private async objects(who: Who, permission: PermissionName, limit: number, asker: Principal) {
    const { subject } = this.words.about({ who: who.name, permission, object: null });
    const pages = await this.words.pages(limit, (page) =>
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
