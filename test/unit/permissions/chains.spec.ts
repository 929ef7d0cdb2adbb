import { chainsOf } from '../../../src/permissions/holding/chains.js';

const start = (group: string, until = Infinity) => ({ group, until });
const inclusion = (from: string, to: string, until = Infinity) => ({ from, to, until });
const waysOf = (...given: Parameters<typeof chainsOf>) =>
  Object.fromEntries(
    [...chainsOf(...given)].map(([group, { groups, until }]) => [
      group,
      `${groups.join('>')} ${String(until)}`,
    ]),
  );

describe('The ways into groups', () => {
  it('begin with the group that somebody was put into, and end with the first of their links', () => {
    expect(waysOf([start('a', 5)], [inclusion('a', 'b', 7), inclusion('b', 'c', 3)])).toEqual({
      a: 'a 5',
      b: 'a>b 5',
      c: 'a>b>c 3',
    });
  });

  it('are those that last longest, and of these the shortest', () => {
    const starts = [start('a', 5), start('b')];
    const inclusions = [
      inclusion('a', 'd', 9),
      inclusion('b', 'c'),
      inclusion('c', 'd'),
      inclusion('b', 'd'),
      inclusion('d', 'e'),
    ];
    expect(waysOf(starts, inclusions)).toEqual({
      a: 'a 5',
      b: 'b Infinity',
      c: 'b>c Infinity',
      d: 'b>d Infinity',
      e: 'b>d>e Infinity',
    });
  });

  it('come to an end where groups go in a circle, or lie many upon many', () => {
    expect(waysOf([start('a')], [inclusion('a', 'b'), inclusion('b', 'a')])).toEqual({
      a: 'a Infinity',
      b: 'a>b Infinity',
    });
    const storeys = Array.from({ length: 60 }, (_, i) =>
      ['x', 'y'].flatMap((from) =>
        ['x', 'y'].map((to) => inclusion(`${from}${String(i)}`, `${to}${String(i + 1)}`)),
      ),
    );
    expect(chainsOf([start('x0'), start('y0')], storeys.flat()).get('x60')?.groups).toHaveLength(
      61,
    );
  });
});
