import { inWords, shown } from '../../../src/mail/shown.js';

describe('a duration in words', () => {
  it.each([
    [1, '1 minute', '1 Minute'],
    [60, '1 minute', '1 Minute'],
    [5400, '90 minutes', '90 Minuten'],
    [3600, '1 hour', '1 Stunde'],
    [86_400, '24 hours', '24 Stunden'],
    [172_800, '2 days', '2 Tage'],
    [604_800, '7 days', '7 Tage'],
  ])('%d seconds: %s, %s', (seconds, english, german) => {
    expect(inWords(seconds, 'en')).toBe(english);
    expect(inWords(seconds, 'de-AT')).toBe(german);
  });
});

describe('a time in words', () => {
  const time = new Date('2026-11-24T20:31:59Z');

  it.each([
    ['de', 'Europe/Berlin', '24. November 2026 um 21:31:59 MEZ'],
    ['de', undefined, '24. November 2026 um 20:31:59 UTC'],
    ['de', 'Mars/Olympus', '24. November 2026 um 20:31:59 UTC'],
    ['en', null, 'November 24, 2026 at 8:31:59 PM UTC'],
    ['en-GB', 'Europe/London', '24 November 2026 at 20:31:59 GMT'],
  ])('in %s, %s: %s', (locale, timezone, words) => {
    expect(shown('time', time, { locale, timezone }).replaceAll('\u202f', ' ')).toBe(words);
  });
});
