/** How often, and when last. */
interface Count {
  count: number;
  /** Milliseconds since the epoch. */
  at: number;
}

/** What one key was used for since it was written last. */
interface Use extends Count {
  ip: string;
  /** By address, of a key that has a successor. */
  byAddress?: Map<string, Count>;
}

/** Of one key on its way to the table. */
export interface UsedKey extends Readonly<Count> {
  readonly id: string;
  /** From where it was used last; empty: not known. */
  readonly ip: string;
}

/** Of one address among them. */
export interface UsedFrom extends Readonly<Count> {
  readonly keyId: string;
  /** Empty: not known, or one of many. */
  readonly ip: string;
}

/** Addresses of one key that are told apart. */
export const MOST_ADDRESSES = 20;

/** How often keys were used, until it is written. However often that is, it takes no more room than there are keys. */
export class GatheredUses {
  readonly #keys = new Map<string, Use>();

  get size(): number {
    return this.#keys.size;
  }

  /** @param ip empty: not known. `apart`: by address, too. */
  add(id: string, ip: string, at: number, apart: boolean): void {
    const use = this.#of(id);
    use.count += 1;
    use.at = at;
    use.ip = ip;
    if (apart) addTo((use.byAddress ??= new Map()), ip, { count: 1, at });
  }

  takeAll(): readonly [id: string, use: Use][] {
    const all = [...this.#keys];
    this.#keys.clear();
    return all;
  }

  /** What could not be written counts with what came since. */
  takeBack(uses: readonly (readonly [id: string, use: Use])[]): void {
    for (const [id, use] of uses) {
      const now = this.#of(id);
      now.count += use.count;
      if (use.at >= now.at) [now.at, now.ip] = [use.at, use.ip];
      for (const [ip, count] of use.byAddress ?? []) {
        addTo((now.byAddress ??= new Map()), ip, count);
      }
    }
  }

  #of(id: string): Use {
    const known = this.#keys.get(id);
    if (known !== undefined) return known;
    const use: Use = { count: 0, at: 0, ip: '' };
    this.#keys.set(id, use);
    return use;
  }
}

export type GatheredUse = ReturnType<GatheredUses['takeAll']>[number];

export const usedKey = ([id, { count, at, ip }]: GatheredUse): UsedKey => ({ id, count, at, ip });

export const usedFrom = ([keyId, { byAddress = new Map() }]: GatheredUse): UsedFrom[] =>
  [...byAddress].map(([ip, { count, at }]) => ({ keyId, ip, count, at }));

function addTo(byAddress: Map<string, Count>, ip: string, { count, at }: Count): void {
  const isOneTooMany = !byAddress.has(ip) && byAddress.size >= MOST_ADDRESSES;
  const name = isOneTooMany ? '' : ip;
  const known = byAddress.get(name);
  if (known === undefined) byAddress.set(name, { count, at });
  else [known.count, known.at] = [known.count + count, Math.max(known.at, at)];
}
