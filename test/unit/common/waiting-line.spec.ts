import { setImmediate } from 'node:timers/promises';
import { ServiceUnavailable } from '../../../src/common/failures.js';
import { WaitingLine } from '../../../src/common/waiting-line.js';

describe('Whoever waits in a line', () => {
  beforeEach(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'queueMicrotask', 'nextTick'] });
  });
  afterEach(() => {
    jest.useRealTimers();
  });

  const lineOf = (patience?: number) =>
    new WaitingLine(1, 10, () => new ServiceUnavailable({ retryAfter: 5 }), patience);
  /** Keeps the only place until it is called. */
  const taken = (line: WaitingLine): (() => void) => {
    let leave = (): void => undefined;
    void line.run(() => new Promise<void>((resolve) => (leave = resolve)));
    return () => {
      leave();
    };
  };

  it('is refused when he has waited for long enough, and leaves his place to the others', async () => {
    const line = lineOf(1000);
    const leave = taken(line);
    const work = jest.fn(() => Promise.resolve('done'));
    const early = line.run(work).catch((error: unknown) => error);
    jest.advanceTimersByTime(900);
    const late = line.run(work);
    jest.advanceTimersByTime(200);
    expect(await early).toBeInstanceOf(ServiceUnavailable);
    expect(line.load.waiting).toBe(1);
    leave();
    expect(await late).toBe('done');
    expect(work).toHaveBeenCalledTimes(1);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('waits as long as it takes where nothing else is said', async () => {
    const line = lineOf();
    const leave = taken(line);
    const patient = line.run(() => Promise.resolve('done'));
    jest.advanceTimersByTime(86_400_000);
    await setImmediate();
    expect(line.load.waiting).toBe(1);
    leave();
    expect(await patient).toBe('done');
    expect(jest.getTimerCount()).toBe(0);
  });
});
