import { join } from 'node:path';
import { ServiceUnavailable } from '../../../src/common/failures.js';
import type { Derivation } from '../../../src/passwords/derivation.js';
import type { HashPool } from '../../../src/passwords/hash-pool.js';
import { HashQueueFull } from '../../../src/passwords/passwords.errors.js';
import { openPool, passwordsWith } from './support/cheap-hashing.js';

const file = join(__dirname, 'support/counting-worker.cjs');
const by: Derivation = {
  kernel: 'bcrypt',
  cost: 4,
  salt: 'CCCCCCCCCCCCCCCCCCCCC.',
  prehash: true,
};

let pool: HashPool | undefined;
afterEach(() => pool?.onApplicationShutdown());

function open(threads: number, queue: number, workerFile = file): HashPool {
  pool = openPool({ threads, queue, file: workerFile });
  return pool;
}

const outcomes = async (runs: Promise<unknown>[]) =>
  (await Promise.allSettled(runs)).map((run) =>
    run.status === 'fulfilled' ? 'done' : (run.reason as Error).name,
  );

describe('the line before the hashing threads', () => {
  test('refuses whoever comes past its end, before anything is hashed', async () => {
    const hashing = open(1, 2);
    const crowd = Array.from({ length: 6 }, () => hashing.derive('password', by));
    expect(await outcomes(crowd)).toEqual([
      ...['done', 'done', 'done'],
      ...['HashQueueFull', 'HashQueueFull', 'HashQueueFull'],
    ]);
    expect(await hashing.derive('password', by)).toBe(4);
  });

  test('is as long as HASH_QUEUE, beyond one place in each thread', async () => {
    const hashing = open(2, 5);
    const crowd = Array.from({ length: 10 }, () => hashing.derive('password', by));
    const done = (await outcomes(crowd)).filter((outcome) => outcome === 'done');
    expect(done).toHaveLength(7);
  });

  test('serves in the order of arrival', async () => {
    const hashing = open(1, 8);
    const crowd = Array.from({ length: 8 }, () => hashing.derive('password', by));
    expect(await Promise.all(crowd)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test('tells the refused when to come again', async () => {
    const hashing = open(1, 1);
    const crowd = [1, 2, 3].map(() => hashing.derive('password', by));
    const served = outcomes(crowd);
    await expect(crowd[2]).rejects.toMatchObject({
      spec: { status: 503, code: 'too_busy' },
      retryAfter: expect.any(Number) as number,
    });
    expect(await served).toEqual(['done', 'done', 'HashQueueFull']);
  });

  test('takes one place for a check, whatever the check has to do', async () => {
    pool = openPool({ threads: 1, queue: 1 });
    const passwords = passwordsWith(pool);
    const imported = 'bcrypt$$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW';
    const checks = [1, 2, 3].map(() => passwords.check('U*U', imported));
    await expect(checks[2]).rejects.toThrow(HashQueueFull);
    expect(await Promise.all(checks.slice(0, 2))).toMatchObject([{ ok: true }, { ok: true }]);
  });
});

describe('a hashing thread that dies', () => {
  test.each(['exit', 'hoard'])('by "%s" fails what it ran, and the next one works', async (end) => {
    const hashing = open(1, 8);
    await expect(hashing.derive(end, by)).rejects.toThrow(ServiceUnavailable);
    expect(await hashing.derive('password', by)).toBe(1);
  });

  test('fails what it ran, and nobody who waited', async () => {
    const hashing = open(1, 8);
    const names = ['exit', 'a', 'b', 'c'].map((password) => hashing.derive(password, by));
    expect(await outcomes(names)).toEqual(['ServiceUnavailable', 'done', 'done', 'done']);
  });

  test('gives its places back', async () => {
    const hashing = open(1, 1);
    await outcomes([hashing.derive('exit', by), hashing.derive('exit', by)]);
    const crowd = [hashing.derive('a', by), hashing.derive('b', by)];
    expect(await outcomes(crowd)).toEqual(['done', 'done']);
  });

  test('before it is ready fails, each time anew', async () => {
    const hashing = open(1, 8, join(__dirname, 'support/no-such-worker.cjs'));
    for (let attempt = 0; attempt < 2; attempt += 1) {
      const crowd = [hashing.derive('a', by), hashing.derive('b', by)];
      expect(await outcomes(crowd)).toEqual(['ServiceUnavailable', 'ServiceUnavailable']);
    }
  });

  test('is another thing than a task that fails: the others go on', async () => {
    const hashing = open(1, 8);
    const crowd = ['throw', 'a', 'b'].map((password) => hashing.derive(password, by));
    expect(await outcomes(crowd)).toEqual(['ServiceUnavailable', 'done', 'done']);
  });
});

test('after the shutdown nothing is hashed, and what waited is told', async () => {
  const hashing = open(1, 8);
  const waiting = ['a', 'b'].map((password) => hashing.derive(password, by));
  const told = outcomes(waiting);
  await hashing.onApplicationShutdown();
  expect(await told).toEqual(['ServiceUnavailable', 'ServiceUnavailable']);
  await expect(hashing.derive('late', by)).rejects.toThrow(ServiceUnavailable);
});

describe('a caller who hangs up', () => {
  test('leaves the line, and nothing is hashed for them', async () => {
    const hashing = open(1, 8);
    const gone = new AbortController();
    const first = hashing.derive('a', by);
    const waiting = Array.from({ length: 8 }, () => hashing.derive('b', by, gone.signal));
    await expect(hashing.derive('c', by)).rejects.toThrow(HashQueueFull);
    gone.abort();
    expect(await outcomes(waiting)).toEqual(waiting.map(() => 'RequestAborted'));
    expect(await first).toBe(1);
    expect(await hashing.derive('d', by)).toBe(2);
  });
});
