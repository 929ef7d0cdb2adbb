import { setImmediate } from 'node:timers/promises';
import { Gathering } from '../../../src/common/gathering.js';

interface Go {
  readonly ids: readonly string[];
  answer(ids?: readonly string[]): Promise<void>;
  fail(error: Error): Promise<void>;
}

/** Long enough for whoever waits for the next turn of the event loop, and whoever waits for him. */
const passing = async () => {
  for (let i = 0; i < 5; i++) await setImmediate();
};

const of = (id: string) => ({ id });

describe('Those who ask while others are being answered', () => {
  let goes: Go[];

  const gathering = ({ most = 10, atOnce = 1 } = {}) =>
    new Gathering<{ id: string }, { id: string }>(
      (asks) =>
        new Promise((resolve, reject) => {
          const ids = asks.map(({ id }) => id);
          const answer = (found = ids) => (resolve(found.map(of)), passing());
          const fail = (error: Error) => (reject(error), passing());
          goes.push({ ids, answer, fail });
        }),
      most,
      atOnce,
    );

  beforeEach(() => {
    goes = [];
  });

  it('are asked for together, in the order in which they came, and each gets his own answer', async () => {
    const all = gathering();
    const first = all.ask(of('a'));
    await passing();
    const others = ['c', 'b', 'd'].map((id) => all.ask(of(id)));
    await passing();
    expect(goes.map(({ ids }) => ids)).toEqual([['a']]);
    await goes[0]?.answer();
    expect(await first).toEqual(of('a'));
    expect(goes[1]?.ids).toEqual(['c', 'b', 'd']);
    await goes[1]?.answer(['d', 'c']);
    expect(await Promise.all(others)).toEqual([of('c'), undefined, of('d')]);
  });

  it('are no more at a time, and in no more goes, than is said', async () => {
    const all = gathering({ most: 2, atOnce: 2 });
    const asked = ['a', 'b', 'c', 'd', 'e'].map((id) => all.ask(of(id)));
    await passing();
    await passing();
    expect(goes.map(({ ids }) => ids)).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    await goes[1]?.answer();
    expect(goes[2]?.ids).toEqual(['e']);
    await goes[0]?.answer();
    await goes[2]?.answer();
    expect(await Promise.all(asked)).toEqual(['a', 'b', 'c', 'd', 'e'].map(of));
  });

  it('hear at once that somebody waits for the same already', async () => {
    const all = gathering();
    const first = all.ask(of('a'));
    expect(await all.ask(of('a'))).toBeUndefined();
    await passing();
    const again = all.ask(of('a')); // the first is on its way, and waits no more
    await goes[0]?.answer();
    await goes[1]?.answer();
    expect([await first, await again]).toEqual([of('a'), of('a')]);
  });

  it('wait no longer than a second or two for those before them', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask', 'nextTick'] });
    const all = gathering();
    const first = all.ask(of('a'));
    await passing();
    jest.advanceTimersByTime(900);
    const early = all.ask(of('b'));
    jest.advanceTimersByTime(900);
    const late = all.ask(of('c'));
    jest.advanceTimersByTime(300);
    expect(await early).toBeUndefined();
    await goes[0]?.answer();
    expect(await first).toEqual(of('a'));
    expect(goes[1]?.ids).toEqual(['c']);
    await goes[1]?.answer();
    expect(await late).toEqual(of('c'));
    jest.advanceTimersByTime(5000);
    expect(jest.getTimerCount()).toBe(0);
    jest.useRealTimers();
  });

  it('fail with those beside them, and with nobody else', async () => {
    const all = gathering();
    const asked = ['a', 'b'].map((id) => all.ask(of(id)).catch((error: unknown) => error));
    await passing();
    const next = all.ask(of('c'));
    const gone = new Error('The database is gone');
    await goes[0]?.fail(gone);
    expect(await Promise.all(asked)).toEqual([gone, gone]);
    await goes[1]?.answer();
    expect(await next).toEqual(of('c'));
  });
});
