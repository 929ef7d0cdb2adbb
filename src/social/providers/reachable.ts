import { BlockList, isIP } from 'node:net';

/** Never a provider: this network, links, clouds' metadata, groups, what is reserved (RFC 6890). */
const nowhere = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['192.0.0.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const) {
  nowhere.addSubnet(network, bits, 'ipv4');
}
for (const [network, bits] of [
  ['::', 128],
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
}
for (const [network, bits] of [
  ['::1', 128],
  ['fc00::', 7],
] as const) {
  within.addSubnet(network, bits, 'ipv6');
}

/**
 * Whether a provider may be at this address (OWASP API7: server side request forgery). One that the operator has named in
 * the settings may be in the own network; one that an administrator has named may not.
 */
export function isReachable(address: string, ownNetwork: boolean): boolean {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
  const family = isIP(plain) === 6 ? 'ipv6' : 'ipv4';
  if (isIP(plain) === 0 || nowhere.check(plain, family)) return false;
  return ownNetwork || !within.check(plain, family);
}
