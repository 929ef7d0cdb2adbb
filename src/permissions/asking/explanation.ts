import type { PermissionName } from '../../access/permission-name.js';
import type { Scopes } from '../../access/scopes.js';
import type { Holder } from '../holding/rights.service.js';
import { type Chain, type Link, nearestChain } from './chain.js';
import type { Facts } from './facts-reader.service.js';

/** A group, as it is told; null: which one is not for this asker to know. */
export interface Named {
  readonly id: string | null;
  readonly name: string | null;
}

/** A fact that an answer rests on, as it is told. Without a group the subject itself holds. */
export interface Fact {
  readonly kind: 'superuser' | Link['kind'];
  readonly group: Named | null;
  readonly included: Named | null;
  readonly expiresAt: Date | null;
}

/** What lacks, the nearest first. */
export type Missing =
  | { readonly kind: 'inactive' | 'scope' | 'permission' }
  | { readonly kind: 'expired'; readonly fact: Fact }
  | { readonly kind: 'membership'; readonly group: Named };

/** The answer, and why. */
export interface Explanation {
  readonly allowed: boolean;
  readonly subject: Holder & { readonly name: string };
  readonly facts: readonly Fact[];
  /** Null: nothing is. */
  readonly missing: Missing | null;
}

/** What else an answer depends on. */
export interface Circumstances {
  readonly subject: Holder;
  readonly permission: PermissionName;
  /** Undefined: every object. */
  readonly objectId: string | undefined;
  /** Of the credential, where somebody asks about herself. */
  readonly scopes: Scopes | undefined;
  readonly everybody: boolean;
  readonly now: number;
  /** Whether the asker may know this group; others are not named. */
  readonly mayKnow: (groupId: string) => boolean;
}

/** Why somebody holds a permission, by the shortest chain of facts; or what is missing, the nearest. */
export function explanationOf(facts: Facts, around: Circumstances): Explanation {
  const subject = { ...around.subject, name: facts.subject.name };
  const answer = answerOf(facts, around);
  return 'kind' in answer
    ? { allowed: false, subject, facts: [], missing: answer }
    : { allowed: true, subject, facts: answer, missing: null };
}

function answerOf(facts: Facts, around: Circumstances): readonly Fact[] | Missing {
  if (!facts.subject.isActive) return { kind: 'inactive' };
  if (around.scopes?.covers(around.permission, around.objectId) === false) return { kind: 'scope' };
  if (facts.subject.isSuperuser) return [SUPERUSER];
  const { subject, everybody, now } = around;
  const start = { everybody, ...(subject.type === 'group' && { groupId: subject.id }) };
  const chain = nearestChain(facts.links, start, now);
  if (chain?.expired.length === 0) {
    return chain.links.map((link) => factOf(link, facts, around));
  }
  return missingIn(chain, facts, around);
}

function missingIn(chain: Chain | undefined, facts: Facts, around: Circumstances): Missing {
  const [over, another] = chain?.expired ?? [];
  if (over !== undefined && another === undefined) {
    return { kind: 'expired', fact: factOf(over, facts, around) };
  }
  const group = named(facts.holder, facts, around);
  return group?.id ? { kind: 'membership', group } : { kind: 'permission' };
}

const SUPERUSER: Fact = { kind: 'superuser', group: null, included: null, expiresAt: null };

const factOf = (
  { kind, groupId, includedId, expiresAt }: Link,
  facts: Facts,
  around: Circumstances,
): Fact => ({
  kind,
  group: named(groupId, facts, around),
  included: named(includedId, facts, around),
  expiresAt,
});

function named(id: string | null, { groupNames }: Facts, { mayKnow }: Circumstances): Named | null {
  if (id === null) return null;
  return mayKnow(id) ? { id, name: groupNames.get(id) ?? null } : UNNAMED;
}

const UNNAMED: Named = { id: null, name: null };
