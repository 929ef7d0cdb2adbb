import { errorCode } from '../../../src/mail/mail-transport.js';
import { retryDelay } from '../../../src/mail/retry.js';
import { parseSender } from '../../../src/mail/sender.js';

describe('the wait for the next attempt', () => {
  it('doubles from 5 seconds to 15 minutes', () => {
    const waits = [1, 2, 3, 8, 9, 50, 5000].map((attempt) => retryDelay(attempt, 1));
    expect(waits).toEqual([5, 10, 20, 640, 900, 900, 900]);
  });

  it('is at least half of that', () => {
    expect(retryDelay(1, 0)).toBe(2.5);
    expect(retryDelay(50, 0)).toBe(450);
  });
});

describe('MAIL_FROM', () => {
  it.each([
    ['Gatehouse <no-reply@localhost>', 'Gatehouse', 'no-reply@localhost', 'localhost'],
    ['"Gate, house" <a@b.test>', 'Gate, house', 'a@b.test', 'b.test'],
    ['  a@b.test ', '', 'a@b.test', 'b.test'],
    ['<a@b.test>', '', 'a@b.test', 'b.test'],
  ])('%j is read', (text, name, address, domain) => {
    expect(parseSender(text)).toEqual({ name, address, domain });
  });

  it.each(['', 'Gatehouse', 'A <b>', 'a@b.test, c@d.test', 'A\r\nBcc: x@y.test <a@b.test>'])(
    '%j is refused',
    (text) => {
      expect(() => parseSender(text)).toThrow('MAIL_FROM must be');
    },
  );
});

describe('what is logged of an error', () => {
  it('is its codes, never its message', () => {
    const error = new Error('Invalid recipient ann@example.com');
    expect(errorCode(error)).toBe('Error');
    expect(errorCode(Object.assign(error, { code: 'EENVELOPE' }))).toBe('EENVELOPE');
    expect(errorCode(Object.assign(error, { responseCode: 550 }))).toBe('EENVELOPE 550');
    expect(errorCode('ann@example.com')).toBe('unknown');
  });
});
