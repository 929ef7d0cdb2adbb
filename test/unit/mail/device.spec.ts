import { circumstances } from '../../../src/mail/circumstances.js';
import { describeDevice } from '../../../src/mail/device.js';

const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)';
const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)';
const WEBKIT = 'AppleWebKit/537.36 (KHTML, like Gecko)';

describe('a device, in our words', () => {
  it.each([
    [
      `${WINDOWS} Gecko/20100101 Firefox/140.0`.replace('x64)', 'x64; rv:140.0)'),
      'Firefox, Windows',
    ],
    [`${WINDOWS} ${WEBKIT} Chrome/142.0.0.0 Safari/537.36`, 'Chrome, Windows'],
    [`${WINDOWS} ${WEBKIT} Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0`, 'Edge, Windows'],
    [`${WINDOWS} ${WEBKIT} Chrome/142.0.0.0 Safari/537.36 OPR/120.0.0.0`, 'Opera, Windows'],
    [
      `${MAC} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Safari/605.1.15`,
      'Safari, macOS',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.1 Mobile/15E148 Safari/604.1',
      'Safari, iPhone',
    ],
    [
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_7 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/142.0.0.0 Mobile/15E148 Safari/604.1',
      'Chrome, iPhone',
    ],
    [
      `Mozilla/5.0 (Linux; Android 10; K) ${WEBKIT} Chrome/142.0.0.0 Mobile Safari/537.36`,
      'Chrome, Android',
    ],
    [
      `Mozilla/5.0 (Linux; Android 10; K) ${WEBKIT} SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36`,
      'Samsung Internet, Android',
    ],
    [
      `Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) ${WEBKIT} Chrome/142.0.0.0 Safari/537.36`,
      'Chrome, ChromeOS',
    ],
    ['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'Firefox, Linux'],
    ['curl/8.5.0', 'curl'],
    ['okhttp/4.12.0', 'okhttp'],
    ['Gate/7 CFNetwork/1568.200.51 Darwin/24.1.0', 'CFNetwork, macOS'],
  ])('%s', (userAgent, words) => {
    expect(describeDevice(userAgent)).toBe(words);
  });

  it.each([undefined, '', 'Call 0800-555 at once', 'Your account is blocked: https://evil.test/1'])(
    'not even a word is taken over from %j',
    (userAgent) => {
      expect(describeDevice(userAgent)).toBeUndefined();
    },
  );

  it('what a liar adds is left out', () => {
    const liar = `${MAC} Version/1 Safari/1 https://evil.test <b>click</b>\u202e`;
    expect(describeDevice(liar)).toBe('Safari, macOS');
  });

  it('is part of the circumstances of a change', () => {
    const now = new Date('2026-11-24T20:31:59Z');
    expect(circumstances({ ip: '203.0.113.7', userAgent: 'curl/8.5.0' }, now)).toEqual({
      when: now,
      address: '203.0.113.7',
      device: 'curl',
    });
    expect(circumstances({ ip: undefined, userAgent: undefined }, now)).toEqual({
      when: now,
      address: undefined,
      device: undefined,
    });
  });
});
