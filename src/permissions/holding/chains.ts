import { grouped } from '../../common/grouped.js';

/** The members of the one group are members of the other. */
export interface Inclusion {
  readonly from: string;
  readonly to: string;
  readonly until: number;
}

/** How somebody comes to be in a group: through those before it, of which the first is the one she was put into. */
export interface Chain {
  readonly groups: readonly string[];
  /** Milliseconds since the epoch; `Infinity`: it does not end by itself. */
  readonly until: number;
}

interface Link {
  readonly group: string;
  readonly until: number;
  readonly length: number;
  readonly before: Link | undefined;
}

/**
 * Of all ways into each group the one that lasts longest, and of those the shortest. `starts`: the groups that somebody
 * is in directly.
 */
export function chainsOf(
  starts: readonly { readonly group: string; readonly until: number }[],
  inclusions: readonly Inclusion[],
): ReadonlyMap<string, Chain> {
  const above = grouped(inclusions, ({ from }) => from);
  const best = new Map<string, Link>();
  const waiting: Link[] = starts.map((start) => ({ ...start, length: 1, before: undefined }));
  // As long as a better way into a group is found, those into the groups that contain it may be better, too.
  for (let link = waiting.shift(); link !== undefined; link = waiting.shift()) {
    if (!isBetter(link, best.get(link.group))) continue;
    best.set(link.group, link);
    for (const { to, until } of above.get(link.group) ?? []) {
      waiting.push({
        group: to,
        until: Math.min(link.until, until),
        length: link.length + 1,
        before: link,
      });
    }
  }
  return new Map([...best].map(([group, link]) => [group, chainOf(link)]));
}

const isBetter = (link: Link, than: Link | undefined): boolean =>
  than === undefined ||
  link.until > than.until ||
  (link.until === than.until && link.length < than.length);

function chainOf(last: Link): Chain {
  const groups: string[] = [];
  for (let link: Link | undefined = last; link !== undefined; link = link.before) {
    groups.unshift(link.group);
  }
  return { groups, until: last.until };
}
