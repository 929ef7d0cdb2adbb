import { BlockList, isIP } from 'node:net';

/** Addresses of IPv4 as a socket of both families names them (RFC 4291, 2.5.5.2). */
const MAPPED = new BlockList();
MAPPED.addSubnet('::ffff:0:0', 96, 'ipv6');

/** Addresses and ranges in CIDR notation (RFC 4632, RFC 4291), IPv4 and IPv6. */
export class AllowedAddresses {
  /** Apart, or `::/0` would hold the addresses of IPv4, too, in their mapped form. */
  readonly #lists = { ipv4: new BlockList(), ipv6: new BlockList() };

  /** @param ranges each as `normalRange` wrote it */
  constructor(ranges: readonly string[]) {
    for (const range of ranges) {
      const [address = '', bits = ''] = range.split('/');
      const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
      this.#lists[family].addSubnet(address, Number(bits), family);
    }
  }

  /** False, too, where the address is not known. */
  has(ip = ''): boolean {
    const version = isIP(ip);
    if (version === 0) return false;
    if (version === 4) return this.#lists.ipv4.check(ip, 'ipv4');
    return this.#lists[MAPPED.check(ip, 'ipv6') ? 'ipv4' : 'ipv6'].check(ip, 'ipv6');
  }
}

/**
 * `address/bits`, the one way a range is stored; undefined: it is none. A single address is a range of one. Bits beyond
 * the mask are refused rather than dropped: somebody meant something else.
 */
export function normalRange(text: string): string | undefined {
  const [address = '', bitsText, ...more] = text.split('/');
  const family = familyOf(address);
  if (family === undefined || more.length > 0) return undefined;
  const bits = bitsText === undefined ? family.bits : bitsOf(bitsText, family.bits);
  if (bits === undefined || !isNetwork(address, bits)) return undefined;
  return `${family.bits === 128 ? compressed(address) : address}/${bits}`;
}

/** Undefined: no address, or one of an IPv4 host in IPv6 clothes, or with a zone. */
function familyOf(address: string): { readonly bits: 32 | 128 } | undefined {
  const family = isIP(address);
  if (family === 0 || address.includes('%')) return undefined;
  if (family === 6 && MAPPED.check(address, 'ipv6')) return undefined;
  return { bits: family === 6 ? 128 : 32 };
}

function bitsOf(text: string, most: number): number | undefined {
  const bits = /^(0|[1-9]\d{0,2})$/.test(text) ? Number(text) : Infinity;
  return bits <= most ? bits : undefined;
}

/** RFC 5952: the one way to write it. */
const compressed = (address: string): string =>
  new URL(`http://[${address}]`).hostname.slice(1, -1);

/** Whether all bits behind the first ones are zero. */
function isNetwork(address: string, bits: number): boolean {
  const [number, length] = numberOf(address);
  const rest = BigInt(length - bits);
  return (number & ((1n << rest) - 1n)) === 0n;
}

function numberOf(address: string): readonly [bigint, 32 | 128] {
  if (isIP(address) === 4) {
    return [address.split('.').reduce((sum, part) => sum * 256n + BigInt(part), 0n), 32];
  }
  const [head = '', tail] = compressed(address).split('::');
  const groups = (text: string | undefined) => (text ? text.split(':') : []);
  const [first, last] = [groups(head), groups(tail)];
  const zeros = Array<string>(8 - first.length - last.length).fill('0');
  const all = tail === undefined ? first : [...first, ...zeros, ...last];
  return [all.reduce((sum, part) => (sum << 16n) | BigInt(`0x${part}`), 0n), 128];
}
