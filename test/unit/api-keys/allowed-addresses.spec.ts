import { AllowedAddresses, normalRange } from '../../../src/api-keys/allowed-addresses.js';

describe('A range', () => {
  it.each([
    ['192.0.2.7', '192.0.2.7/32'],
    ['192.0.2.0/24', '192.0.2.0/24'],
    ['0.0.0.0/0', '0.0.0.0/0'],
    ['128.0.0.0/1', '128.0.0.0/1'],
    ['192.0.2.7/32', '192.0.2.7/32'],
    ['2001:db8::1', '2001:db8::1/128'],
    ['2001:DB8:0:0:0:0:0:0/32', '2001:db8::/32'],
    ['2001:db8:0:0:1:0:0:0/80', '2001:db8:0:0:1::/80'],
    ['::/0', '::/0'],
    ['::1', '::1/128'],
    ['ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff', 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128'],
    ['64:ff9b::192.0.2.0/120', '64:ff9b::c000:200/120'],
  ])('%s is stored as %s', (text, stored) => {
    expect(normalRange(text)).toBe(stored);
    expect(normalRange(stored)).toBe(stored);
  });

  it.each([
    '',
    '/',
    'localhost',
    '192.0.2',
    '192.0.2.256',
    '192.0.2.01',
    '0x7f.0.0.1',
    '2130706433',
    ' 192.0.2.1',
    '192.0.2.0/',
    '192.0.2.0/33',
    '192.0.2.0/024',
    '192.0.2.0/-1',
    '192.0.2.0/+8',
    '192.0.2.0/24/24',
    '192.0.2.0/255.255.255.0',
    '2001:db8::/129',
    '2001:db8:::/32',
    '[::1]',
    'fe80::1%eth0',
    '192.0.2.1:80',
  ])('is not %j', (text) => {
    expect(normalRange(text)).toBeUndefined();
  });

  it.each([
    '192.0.2.1/24',
    '192.0.2.7/31',
    '1.0.0.0/0',
    '2001:db8::1/127',
    '2001:db8::1/32',
    '::1/0',
  ])('has nothing behind its bits: not %s', (text) => {
    expect(normalRange(text)).toBeUndefined();
  });

  it.each([
    '::ffff:192.0.2.1',
    '::FFFF:192.0.2.1/128',
    '::ffff:c000:201',
    '0:0:0:0:0:ffff:192.0.2.1',
    '0:0:0:0:0:ffff:c000:201',
    '::ffff:0:0/96',
  ])('is not an IPv4 address in the clothes of IPv6: %s', (text) => {
    expect(normalRange(text)).toBeUndefined();
  });
});

describe('The addresses that a key may be used from', () => {
  const allowed = new AllowedAddresses(['192.0.2.0/24', '198.51.100.7/32', '2001:db8::/32']);

  it.each([
    ['192.0.2.0', true],
    ['192.0.2.255', true],
    ['192.0.1.255', false],
    ['192.0.3.0', false],
    ['198.51.100.7', true],
    ['198.51.100.8', false],
    ['2001:db8::', true],
    ['2001:db8:ffff:ffff:ffff:ffff:ffff:ffff', true],
    ['2001:DB8::1', true],
    ['2001:db7:ffff::', false],
    ['2001:db9::', false],
    // as a socket of both families names a caller of IPv4
    ['::ffff:192.0.2.9', true],
    ['::FFFF:192.0.2.9', true],
    ['::ffff:192.0.3.9', false],
    ['::ffff:c000:209', true],
    // compatible, not mapped: another address
    ['::192.0.2.9', false],
    ['fe80::1%eth0', false],
    ['', false],
    ['not an address', false],
    ['192.0.2.9/32', false],
    [undefined, false],
  ])('%s: %s', (ip, expected) => {
    expect(allowed.has(ip)).toBe(expected);
  });

  it('of all of one family are none of the other', () => {
    const four = new AllowedAddresses(['0.0.0.0/0']);
    const six = new AllowedAddresses(['::/0']);
    expect([four.has('203.0.113.9'), four.has('2001:db8::1')]).toEqual([true, false]);
    expect([six.has('203.0.113.9'), six.has('2001:db8::1')]).toEqual([false, true]);
    expect([six.has('::ffff:203.0.113.9'), four.has('::ffff:203.0.113.9')]).toEqual([false, true]);
  });

  it('are none where there is no range', () => {
    expect(new AllowedAddresses([]).has('192.0.2.1')).toBe(false);
  });
});
