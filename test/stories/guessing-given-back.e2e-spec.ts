import { once } from 'node:events';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { HashPool } from '../../src/passwords/hash-pool.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const WRONG = 'not what she has chosen';
const MOST = 5;

/** What was not tried is given back; whoever sees to it that his attempts come to nothing gains nothing by it. */
describe('Somebody who guesses and gets his attempts given back', () => {
  let test: TestApp;
  let make: Make;
  let pool: HashPool;
  let tried = 0;

  beforeAll(async () => {
    test = await startTestApp({
      environment: {
        LOGIN_FAILURES_PER_ACCOUNT: String(MOST),
        HASH_CONCURRENCY: '1',
        HASH_QUEUE: '1',
      },
    });
    make = new Make(test);
    await test.app.listen(0, '127.0.0.1');
    pool = test.app.get(HashPool, { strict: false });
    const check = pool.check.bind(pool);
    pool.check = async (...given) => {
      const outcome = await check(...given);
      tried += 1;
      return outcome;
    };
  });
  beforeEach(async () => {
    await nothingIsHashed();
    tried = 0;
  });
  afterAll(() => test.close());

  /** Those who have hung up may still be in the line, which has place for one. */
  const nothingIsHashed = async () => {
    while (pool.load.running > 0) await setTimeout(10);
  };

  /** Until he is held off; as one after the other they are all tried, but for those that meet a full line. */
  const useUp = async (email: string) => {
    for (let i = 0; i <= MOST;) {
      const answer = await make.client.login(email, WRONG);
      if (answer.status === 429) return;
      if (answer.status === 503) await nothingIsHashed();
      else i += 1;
    }
    throw new Error('Nothing held him off');
  };

  it('has no more of them tried by filling the line before the hashing threads', async () => {
    const { email, password } = await make.user();
    const answers = await Promise.all(
      Array.from({ length: 60 }, () => make.client.login(email, WRONG)),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses).toContain(503);
    await useUp(email);
    expect(tried).toBe(MOST);
    expectProblem(await make.client.login(email, password), 429, 'too_many_attempts');
  });

  it('has no more of them tried by hanging up before he is answered', async () => {
    const { email } = await make.user();
    const body = JSON.stringify({ email, password: WRONG });
    const { port } = test.app.getHttpServer().address() as AddressInfo;
    for (let i = 0; i < 40; i++) {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      socket.write(
        `POST /v1/auth/login HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: ${String(body.length)}\r\n\r\n${body}`,
      );
      for (let turn = 0; turn < i; turn++) await new Promise(setImmediate);
      socket.destroy();
    }
    await useUp(email);
    expect(tried).toBeLessThanOrEqual(MOST);
  });

  it('is not forgiven by a right password that a later stage stops', async () => {
    const { email, password } = await make.user({ emailVerifiedAt: null });
    for (let i = 0; i < MOST - 1; i++) await make.client.login(email, WRONG);
    for (let i = 0; i < 3; i++) expect((await make.client.login(email, password)).status).toBe(403);
    expect((await make.client.login(email, WRONG)).status).toBe(401);
    expectProblem(await make.client.login(email, password), 429, 'too_many_attempts');
  });
});
