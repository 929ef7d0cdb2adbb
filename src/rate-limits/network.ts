import { isIPv4, isIPv6 } from 'node:net';

/** What everybody shares whose address the proxy in front does not name. */
const UNKNOWN = 'unknown';

/**
 * Who counts as one caller: an IPv4 address, or the /64 that an IPv6 customer has to herself. An IPv4
 * address in IPv6's clothes (`::ffff:192.0.2.1`, `::ffff:c000:201`) is the IPv4 address.
 */
export function networkOf(ip: string | undefined): string {
  if (ip === undefined) return UNKNOWN;
  if (isIPv4(ip)) return ip;
  const groups = groupsOf(ip);
  if (groups === undefined) return UNKNOWN;
  const mapped = groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;
  if (mapped) return dotted(groups[6] ?? 0, groups[7] ?? 0);
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`;
}

/** The eight groups of an IPv6 address, however it is written (RFC 4291, 2.2). */
function groupsOf(ip: string): readonly number[] | undefined {
  if (!isIPv6(ip)) return undefined;
  const [head = [], tail] = ip.split('::').map(part);
  const zeros = tail === undefined ? 0 : 8 - head.length - tail.length;
  return [...head, ...Array<number>(Math.max(0, zeros)).fill(0), ...(tail ?? [])];
}

function part(text: string): number[] {
  return text === ''
    ? []
    : text
        .split(':')
        .flatMap((group) => (isIPv4(group) ? fromDotted(group) : [parseInt(group, 16)]));
}

function fromDotted(text: string): number[] {
  const [a = 0, b = 0, c = 0, d = 0] = text.split('.').map(Number);
  return [a * 256 + b, c * 256 + d];
}

const dotted = (high: number, low: number): string =>
  [high >> 8, high & 255, low >> 8, low & 255].join('.');
