import { nextWarningAt } from '../../../src/api-keys/warning-times.js';

const DAY = 86_400_000;
const END = new Date('2027-03-31T12:00:00.000Z');
const daysBefore = (days: number) => new Date(END.getTime() - days * DAY);

describe('The warnings of a key', () => {
  it.each([
    [365, 30],
    [30.001, 30],
    [30, 7],
    [20, 7],
    [7, 1],
    [2, 1],
  ])('%d days before its end come next at %d', (now, next) => {
    expect(nextWarningAt(END, daysBefore(now))).toEqual(daysBefore(next));
  });

  it.each([1, 0.5, 0, -3])('%d days before its end are all told', (now) => {
    expect(nextWarningAt(END, daysBefore(now))).toBeNull();
  });
});
