import { Lately } from '../../../src/sessions/lately.js';

describe('What was said lately', () => {
  let now = 0;
  let lately: Lately;

  beforeEach(() => {
    now = 1000;
    jest.spyOn(performance, 'now').mockImplementation(() => now);
    lately = new Lately(100, 3);
  });
  afterEach(() => jest.restoreAllMocks());

  it.each([0, 1, 50, 99, 100, 150, 199])(
    'is kept for its time, whenever it was said (%s)',
    (begin) => {
      lately.add('earlier');
      now += begin;
      lately.add('this');
      for (let i = 0; i < 100; i++) {
        expect(lately.has('this')).toBe(true);
        now++;
      }
    },
  );

  it('is forgotten after twice its time, asked for meanwhile or not', () => {
    lately.add('this');
    now += 100;
    expect(lately.has('this')).toBe(true);
    now += 100;
    expect(lately.has('this')).toBe(false);
    lately.add('that');
    now += 200;
    expect(lately.has('that')).toBe(false);
  });

  it('is bounded, and tells what it has no room for', () => {
    expect(['a', 'b', 'c', 'd'].map((what) => lately.add(what))).toEqual([true, true, true, false]);
    expect(lately.has('d')).toBe(false);
    now += 100;
    expect(lately.add('d')).toBe(true);
    expect(lately.has('a')).toBe(true);
  });
});
