import type { Explanation, Fact, Missing, Named } from './explanation.js';

/** What was asked, in words. */
export interface Wording {
  readonly permission: string;
  /** `users.user 0193…`; undefined: every object. */
  readonly object: string | undefined;
  /** Whether the asker is the one whom it is about. */
  readonly toHerself: boolean;
}

/** How a sentence speaks of its subject. */
interface Voice {
  readonly who: string;
  readonly holds: string;
  readonly doesNotHold: string;
  readonly they: string;
  readonly them: string;
}

/** The explanation as one English sentence. */
export function sentenceOf(explanation: Explanation, wording: Wording): string {
  const voice = voiceFor(explanation, wording);
  const what = wording.object === undefined ? '' : ` on ${wording.object}`;
  const held = `${wording.permission}${what}`;
  const { missing, facts } = explanation;
  if (missing === null) {
    return capital(`${voice.who} ${voice.holds} ${held}${because(facts, voice)}.`);
  }
  return capital(
    `${voice.who} ${voice.doesNotHold} ${held}${lacking(missing, explanation, voice)}.`,
  );
}

function voiceFor({ subject }: Explanation, { toHerself }: Wording): Voice {
  if (toHerself) {
    return { who: 'you', holds: 'hold', doesNotHold: 'do not hold', they: 'you are', them: 'you' };
  }
  const isGroup = subject.type === 'group';
  return {
    who: subject.name,
    holds: 'holds',
    doesNotHold: 'does not hold',
    they: isGroup ? 'it is' : 'they are',
    them: isGroup ? 'it' : 'them',
  };
}

function because(facts: readonly Fact[], voice: Voice): string {
  const [first] = facts;
  const last = facts.at(-1);
  if (first === undefined || last === undefined) return '';
  if (first.kind === 'superuser') return `: ${voice.they} a superuser, who holds everything`;
  if (first.kind === 'everybody') return ' because everybody does: Anonymous holds it';
  const ending = endOf(facts);
  if (last.group === null) return ` directly${ending}`;
  return `${through(facts, voice)}${ending}`;
}

/** From the group that holds down to the subject. */
function through(facts: readonly Fact[], { they, them }: Voice): string {
  const inclusions = facts.filter(({ kind }) => kind === 'inclusion').reverse();
  const isMember = facts[0]?.kind === 'membership';
  const holding = facts.at(-1)?.group ?? null;
  if (!isMember && inclusions.length === 0) return ' directly';
  const contained = inclusions.map(({ included }, i) =>
    !isMember && i === inclusions.length - 1
      ? `, which contains ${them}`
      : `, which contains ${theGroup(included)}`,
  );
  return ` through ${theGroup(holding)}${contained.join('')}${isMember ? `, of which ${they} a member` : ''}`;
}

function endOf(facts: readonly Fact[]): string {
  const ends = facts.flatMap(({ expiresAt }) => expiresAt ?? []);
  const [first] = ends.sort((a, b) => a.getTime() - b.getTime());
  return first === undefined ? '' : `, until ${first.toISOString()}`;
}

function lacking(missing: Missing, { subject }: Explanation, { they, them }: Voice): string {
  switch (missing.kind) {
    case 'inactive':
      return ': the account is not active';
    case 'scope':
      return ' here: the credential does not cover it';
    case 'expired':
      return ` any more: ${what(missing.fact)} ended at ${timeOf(missing.fact)}`;
    case 'membership': {
      const without =
        subject.type === 'group' ? 'which does not contain it' : `of which ${they} no member`;
      return `: ${theGroup(missing.group)} does, ${without}`;
    }
    case 'permission':
      return `: nobody has given it to ${them}, or to a group that holds for ${them}`;
  }
}

const timeOf = ({ expiresAt }: Fact): string => expiresAt?.toISOString() ?? '';

function what({ kind, group, included }: Fact): string {
  if (kind === 'membership') return `the membership in ${theGroup(group)}`;
  if (kind === 'inclusion') return `the inclusion of ${theGroup(included)} in ${theGroup(group)}`;
  const name = kind === 'grant' ? 'the grant' : 'the permission';
  return group === null ? name : `${name} of ${theGroup(group)}`;
}

const theGroup = (group: Named | null): string =>
  group?.name ? `the group ${group.name}` : 'a group';

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
