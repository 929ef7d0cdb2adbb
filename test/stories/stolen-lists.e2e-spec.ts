import { LogBook } from '../support/audit.js';
import { GOOD_PASSWORD, Make, someEmail } from '../support/make.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

/** Security catalogue B17: each account once, so that no budget notices it. */
describe('A run of stolen lists', () => {
  let test: TestApp;
  let make: Make;

  beforeEach(async () => {
    test = await startTestApp({ environment: { SIGN_IN_ALARM: '10', HASH_QUEUE: '64' } });
    make = new Make(test);
  });
  afterEach(() => test.close());

  const guess = (count: number) =>
    Promise.all(
      Array.from({ length: count }, () => make.client.login(someEmail(), 'found elsewhere')),
    );
  const alarms = () => test.logged.filter((line) => line.includes('fail unusually often'));

  it('is told to the operator once, in the log and in the audit log', async () => {
    await guess(9);
    expect(alarms()).toEqual([]);
    await guess(30);
    expect(alarms()).toHaveLength(1);
    const book = await LogBook.of(test);
    const [newest] = await book.read('action=sign_ins_fail_often');
    expect(newest).toMatchObject({ outcome: 'failure', details: { failures: '10' } });
    test.clock.forward(601);
    await guess(10);
    expect(alarms()).toHaveLength(2);
  });

  it('is none when they are spread over a quiet day', async () => {
    for (let minute = 0; minute < 5; minute++) {
      await guess(9);
      test.clock.forward(61);
    }
    expect(alarms()).toEqual([]);
  });

  it('is none on a morning on which most sign in and some mistype', async () => {
    const { email } = await make.user();
    for (let i = 0; i < 12; i++) {
      expect((await make.client.login(email, GOOD_PASSWORD)).status).toBe(200);
      await guess(1);
    }
    expect(alarms()).toEqual([]);
  });
});
