import { inTheSameTime } from '../../../src/account/proof/same-time.js';

describe('An answer that must not tell by its time', () => {
  beforeEach(() => {
    jest.useFakeTimers();
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const settledAfter = async (work: Promise<void>, milliseconds: number): Promise<boolean> => {
    let settled = false;
    void inTheSameTime(work).then(() => (settled = true));
    await jest.advanceTimersByTimeAsync(milliseconds);
    return settled;
  };

  it('is not given earlier when there was nothing to do', async () => {
    expect(await settledAfter(Promise.resolve(), 99)).toBe(false);
    expect(await settledAfter(Promise.resolve(), 101)).toBe(true);
  });

  it('waits for work that takes longer', async () => {
    const work = new Promise<void>((resolve) => setTimeout(resolve, 200));
    expect(await settledAfter(work, 150)).toBe(false);
  });

  it('fails when the work does', async () => {
    const failed = expect(inTheSameTime(Promise.reject(new Error('no')))).rejects.toThrow('no');
    await jest.advanceTimersByTimeAsync(200);
    await failed;
  });
});
