import { BlockList, isIP } from 'node:net';

/** A network of IPv6 alone reaches an IPv4 address by this before it (RFC 6052). */
const NAT64 = '64:ff9b::';

/** Never a provider: this network, links, clouds' metadata, groups, tunnels, what is reserved (RFC 6890). */
const nowhere = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['100.100.100.200', 32],
  ['169.254.0.0', 16],
  ['192.0.0.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  nowhere.addSubnet(network, bits, 'ipv4');
  nowhere.addSubnet(NAT64 + network, bits + 96, 'ipv6');
}
for (const [network, bits] of [
  ['::', 128],
  ['2001::', 32],
  ['2002::', 16],
  ['fd00:ec2::254', 128],
  ['fe80::', 10],
  ['ff00::', 8],
] as const) {
  nowhere.addSubnet(network, bits, 'ipv6');
}

/** Of one's own network. */
const within = new BlockList();
for (const [network, bits] of [
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
] as const) {
  within.addSubnet(network, bits, 'ipv4');
  within.addSubnet(NAT64 + network, bits + 96, 'ipv6');
}
for (const [network, bits] of [
  ['::1', 128],
  ['64:ff9b:1::', 48],
  ['fc00::', 7],
  ['fec0::', 10],
] as const) {
  within.addSubnet(network, bits, 'ipv6');
}

/**
 * Whether a provider may be at this address (OWASP API7: server side request forgery). One that the operator has named in
 * the settings may be in the own network; one that an administrator has named may not.
 */
export function isReachable(address: string, ownNetwork: boolean): boolean {
  if (isIP(address) === 0 || address.includes('%')) return false;
  // An IPv4 address in IPv6 clothes is checked as what it is.
  const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
  if (nowhere.check(address, family)) return false;
  return ownNetwork || !within.check(address, family);
}
