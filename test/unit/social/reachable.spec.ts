import { isReachable } from '../../../src/social/providers/reachable.js';

describe('Where a provider may be', () => {
  it.each([
    '8.8.8.8',
    '172.32.0.1',
    '100.63.255.255',
    '::ffff:8.8.8.8',
    '64:ff9b::8.8.8.8',
    '2606:4700::1111',
  ])('%s: anywhere on the Internet', (address) => {
    expect([isReachable(address, false), isReachable(address, true)]).toEqual([true, true]);
  });

  it.each([
    '127.0.0.1',
    '127.255.255.254',
    '10.0.0.1',
    '10.255.255.255',
    '172.16.0.1',
    '172.31.255.255',
    '192.168.1.1',
    '100.64.0.1',
    '198.18.0.1',
    '::1',
    'fc00::1',
    'fd12:3456::1',
    'fec0::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::FFFF:10.0.0.1',
    '0:0:0:0:0:ffff:c0a8:0101',
    '64:ff9b::10.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b:1::1',
  ])('%s: within, by the word of the operator alone', (address) => {
    expect([isReachable(address, false), isReachable(address, true)]).toEqual([false, true]);
  });

  it.each([
    '0.0.0.0',
    '0.1.2.3',
    '169.254.169.254',
    '169.254.0.1',
    '100.100.100.200',
    'fd00:ec2::254',
    '192.0.0.192',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    '64:ff9b::169.254.169.254',
    '64:ff9b::a9fe:a9fe',
    '2002:a9fe:a9fe::1',
    '2001:0:a9fe:a9fe::1',
    'fe80::1',
    'fe80::1%eth0',
    'ff02::1',
    'metadata.google.internal',
    '0xa9fea9fe',
    '2852039166',
    '169.254.169',
    '',
  ])('%s: never', (address) => {
    expect([isReachable(address, false), isReachable(address, true)]).toEqual([false, false]);
  });
});
