import type { NewsService } from '../../../src/database/news/news.service.js';
import { Remembered } from '../../../src/database/news/remembered.js';

/** A reading that ends when the test says so. */
function deferred<T>() {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: Error) => void = () => undefined;
  const promise = new Promise<T>((yes, no) => {
    resolve = yes;
    reject = no;
  });
  return { promise, resolve, reject };
}

interface Fact {
  readonly value: number;
}

describe('A remembered fact', () => {
  const news = { isLive: true, remembered: new Set() };
  let readings: ReturnType<typeof deferred<Fact | undefined>>[];
  let facts: Remembered<Fact>;

  beforeEach(() => {
    news.isLive = true;
    readings = [];
    facts = new Remembered<Fact>(news as NewsService, {
      name: 'facts',
      max: 3,
      load: () => {
        const reading = deferred<Fact | undefined>();
        readings.push(reading);
        return reading.promise.then((fact) => fact && { fact });
      },
    });
  });

  const find = async (key: string, value: number): Promise<Fact | undefined> => {
    const found = facts.find(key);
    readings.at(-1)?.resolve({ value });
    return found;
  };

  it('is read once for all who ask at the same time', async () => {
    const asked = [facts.find('a'), facts.find('a'), facts.find('a')];
    readings[0]?.resolve({ value: 1 });
    expect(await Promise.all(asked)).toEqual([{ value: 1 }, { value: 1 }, { value: 1 }]);
    expect(await facts.find('a')).toEqual({ value: 1 });
    expect(readings).toHaveLength(1);
  });

  it('is not kept if the news of a change come while it is being read', async () => {
    const early = facts.find('a');
    facts.forget('a');
    readings[0]?.resolve({ value: 1 });
    expect(await early).toEqual({ value: 1 });
    expect(facts.peek('a')).toBeUndefined();
  });

  it('is read anew by whoever asks after the news, though the former reading still goes on', async () => {
    const early = facts.find('a');
    facts.forget('a');
    const late = facts.find('a');
    expect(readings).toHaveLength(2);
    readings[1]?.resolve({ value: 2 });
    expect(await late).toEqual({ value: 2 });
    readings[0]?.resolve({ value: 1 });
    expect(await early).toEqual({ value: 1 });
    expect(facts.peek('a')).toEqual({ value: 2 });
  });

  it('is not kept either if everything was to be forgotten meanwhile', async () => {
    const early = facts.find('a');
    facts.forgetAll();
    readings[0]?.resolve({ value: 1 });
    await early;
    expect(facts.peek('a')).toBeUndefined();
  });

  it('is not kept nor shown while there are no news', async () => {
    await find('a', 1);
    news.isLive = false;
    expect(facts.peek('a')).toBeUndefined();
    expect(await find('b', 2)).toEqual({ value: 2 });
    expect(facts.peek('b')).toBeUndefined();
  });

  it('that does not exist, or could not be read, is asked for again', async () => {
    const absent = facts.find('a');
    readings[0]?.resolve(undefined);
    expect(await absent).toBeUndefined();
    const failed = facts.find('a');
    readings[1]?.reject(new Error('away'));
    await expect(failed).rejects.toThrow('away');
    expect(await find('a', 3)).toEqual({ value: 3 });
    expect(readings).toHaveLength(3);
  });

  it('makes room for others', async () => {
    for (const key of ['a', 'b', 'c']) await find(key, 1);
    facts.peek('a');
    await find('d', 1);
    expect(facts.size).toBe(3);
    expect(facts.peek('a')).toBeDefined();
    expect(facts.peek('b')).toBeUndefined();
  });
});
