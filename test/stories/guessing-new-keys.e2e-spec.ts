import { randomBytes } from 'node:crypto';
import { ResealingService } from '../../src/database/resealing.service.js';
import { withOwnDatabase } from '../support/audit.js';
import { Make, type MadeUser } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const WRONG = 'not what she has chosen';

/** Accounts are counted under names that SECRET_KEYS make: new keys make new names. */
describe('Somebody who guesses while the secret keys are replaced', () => {
  const [older, newer, latest, last] = Array.from({ length: 4 }, () =>
    randomBytes(32).toString('base64'),
  );
  let own: Awaited<ReturnType<typeof withOwnDatabase>>;
  let test: TestApp;
  let made: MadeUser;

  beforeAll(async () => {
    own = await withOwnDatabase('new_keys');
  });
  afterAll(() => own.drop());
  afterEach(() => test.close());

  const start = async (...keys: unknown[]) => {
    const environment = {
      DATABASE_URL: own.url,
      SECRET_KEYS: keys.join(','),
      LOGIN_FAILURES_PER_ACCOUNT: '5',
    };
    test = await startTestApp({ environment });
    return test;
  };
  const signIn = (password: string, deviceToken?: string) =>
    new Make(test).client.post<{ deviceToken: string }>('/v1/auth/login', {
      email: made.email,
      password,
      ...(deviceToken !== undefined && { deviceToken }),
    });
  const fail = async (times: number) => {
    for (let i = 0; i < times; i++) expect((await signIn(WRONG)).status).toBe(401);
  };
  const expectHeldOff = async (password = WRONG) => {
    expectProblem(await signIn(password), 429, 'too_many_attempts');
  };

  it('has no more guesses with a new key in front than he had before', async () => {
    await start(older);
    made = await new Make(test).user();
    await fail(3);
    await test.close();
    await start(newer, older);
    await fail(2);
    await expectHeldOff();
    await expectHeldOff(made.password);
    await test.app.get(ResealingService, { strict: false }).reseal();
  });

  it('nor once the older one is gone', async () => {
    await start(newer);
    await expectHeldOff();
  });

  it('nor by what was counted at a node that does not have the new one yet', async () => {
    await start(newer);
    made = await new Make(test).user();
    const behind = test;
    const ahead = await start(latest, newer);
    test = behind;
    await fail(2);
    test = ahead;
    await fail(1);
    test = behind;
    await fail(3);
    await expectHeldOff();
    await behind.close();
    test = ahead;
    await expectHeldOff();
  });

  it('is forgotten under every name once the owner signs in, or forgives by mail', async () => {
    await start(latest, newer);
    made = await new Make(test).user();
    await fail(4);
    await test.close();
    await start(last, latest, newer);
    const { body } = await signIn(made.password);
    await fail(4);
    expect((await signIn(made.password)).status).toBe(200);
    await fail(5);
    await expectHeldOff();
    expect((await signIn(made.password, body.deviceToken)).status).toBe(200);
    await expectHeldOff();
  });
});
