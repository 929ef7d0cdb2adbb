import { ANONYMOUS_GROUP } from '../holding/group.entity.js';

/** One fact that a right may rest on. */
export interface Link {
  readonly kind: 'everybody' | 'membership' | 'inclusion' | 'permission' | 'grant';
  /** The group that has the member, contains the other, or holds; null: the subject holds it directly. */
  readonly groupId: string | null;
  /** Of an inclusion: the group that is contained. */
  readonly includedId: string | null;
  readonly expiresAt: Date | null;
}

/** Facts that lead from somebody to a permission: membership, inclusions, and what the last group holds. */
export interface Chain {
  readonly links: readonly Link[];
  /** Those that have ended; where there are any, nothing is held through this chain. */
  readonly expired: readonly Link[];
}

/** Where the chains of somebody begin. */
export interface Start {
  /** A group that holds for itself. */
  readonly groupId?: string;
  /** Whether what Anonymous holds everybody holds. */
  readonly everybody: boolean;
}

const EMPTY: Chain = { links: [], expired: [] };
const EVERYBODY: Link = {
  kind: 'everybody',
  groupId: ANONYMOUS_GROUP,
  includedId: null,
  expiresAt: null,
};

/**
 * The chain with the fewest facts that have ended, and of those the shortest; undefined: there is none at all. The
 * facts are those around one subject and one permission.
 */
export function nearestChain(facts: readonly Link[], start: Start, now: number): Chain | undefined {
  const reached = reach(facts, start, now);
  const ends = facts
    .filter(({ kind }) => kind === 'permission' || kind === 'grant')
    .flatMap((fact) => {
      const before = fact.groupId === null ? EMPTY : reached.get(fact.groupId);
      return before === undefined ? [] : [extended(before, fact, now)];
    });
  return ends.reduce<Chain | undefined>(
    (best, chain) => (best === undefined || isNearer(chain, best) ? chain : best),
    undefined,
  );
}

/** The nearest chain to each group: chains are made shorter until none gets any shorter. */
function reach(facts: readonly Link[], start: Start, now: number): Map<string, Chain> {
  const reached = new Map<string, Chain>();
  const open: string[] = [];
  const arrive = (groupId: string | null, chain: Chain) => {
    const known = groupId === null ? EMPTY : reached.get(groupId);
    if (groupId === null || (known !== undefined && !isNearer(chain, known))) return;
    reached.set(groupId, chain);
    open.push(groupId);
  };
  arrive(start.groupId ?? null, EMPTY);
  const first = facts.filter(({ kind }) => kind === 'membership');
  for (const fact of start.everybody ? [EVERYBODY, ...first] : first) {
    arrive(fact.groupId, extended(EMPTY, fact, now));
  }
  const above = inclusionsByIncluded(facts);
  for (const from of open) {
    const chain = reached.get(from) ?? EMPTY;
    for (const fact of above.get(from) ?? []) arrive(fact.groupId, extended(chain, fact, now));
  }
  return reached;
}

function inclusionsByIncluded(facts: readonly Link[]): Map<string, Link[]> {
  const above = new Map<string, Link[]>();
  for (const fact of facts) {
    if (fact.kind !== 'inclusion' || fact.includedId === null) continue;
    const siblings = above.get(fact.includedId) ?? [];
    siblings.push(fact);
    above.set(fact.includedId, siblings);
  }
  return above;
}

function extended({ links, expired }: Chain, fact: Link, now: number): Chain {
  const isOver = fact.expiresAt !== null && fact.expiresAt.getTime() <= now;
  return { links: [...links, fact], expired: isOver ? [...expired, fact] : expired };
}

const isNearer = (a: Chain, b: Chain): boolean =>
  a.expired.length === b.expired.length
    ? a.links.length < b.links.length
    : a.expired.length < b.expired.length;
