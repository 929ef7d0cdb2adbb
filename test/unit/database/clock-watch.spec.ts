import { Logger } from '@nestjs/common';
import { ClockWatch } from '../../../src/database/news/clock-watch.js';

describe('A node whose clock is not that of the database', () => {
  let ticks: number;
  let watch: ClockWatch;
  let said: string[];

  beforeEach(() => {
    ticks = 0;
    said = [];
    watch = new ClockWatch(() => ticks);
    const say = (line: unknown) => void said.push(String(line));
    jest.spyOn(Logger.prototype, 'warn').mockImplementation(say);
    jest.spyOn(Logger.prototype, 'log').mockImplementation(say);
  });
  afterEach(() => jest.restoreAllMocks());

  it('says nothing up to a second', () => {
    watch.look(1000);
    watch.look(-1000);
    expect(said).toEqual([]);
  });

  it.each([
    [1001, '1.0 s ahead of'],
    [-600_000, '600.0 s behind'],
  ])('says by how much and to which side: %d ms', (ahead, words) => {
    watch.look(ahead);
    expect(said).toEqual([expect.stringContaining(words)]);
  });

  it('says it again after ten minutes only, as long as it lasts', () => {
    for (; ticks <= 1_200_000; ticks += 1500) watch.look(5000);
    expect(said).toHaveLength(3);
  });

  it('does not say it again each time that it is about a second wrong', () => {
    for (const ahead of [1100, 900, 1100, 900]) watch.look(ahead);
    expect(said).toHaveLength(1);
  });

  it('says when it is over, once, and if it begins again', () => {
    for (const ahead of [5000, 0, 0, 5000]) watch.look(ahead);
    expect(said.map((line) => line.includes('right again'))).toEqual([false, true, false]);
  });
});
