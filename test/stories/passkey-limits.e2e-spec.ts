import { PasskeyPage } from '../support/passkeys.js';
import { expectProblem } from '../support/problems.js';
import { flipped } from '../support/software-authenticator.js';
import { startTestApp } from '../support/test-app.js';

describe('Whoever tries passkeys without end', () => {
  it('is held off by her address, and holds up nobody else', async () => {
    const test = await startTestApp({
      environment: { LOGIN_FAILURES_PER_ADDRESS: '5', LOGIN_FAILURES_PER_ACCOUNT: '3' },
    });
    const page = new PasskeyPage(test);
    const ann = await page.owner();
    for (let i = 0; i < 5; i++) {
      const wrong = await page.signInWith(ann.authenticator, { signature: flipped });
      expectProblem(wrong, 401, 'invalid_credentials');
    }
    const held = await page.signInWith(ann.authenticator, { signature: flipped });
    expectProblem(held, 429, 'too_many_attempts');
    expect(Number(held.headers['retry-after'])).toBeGreaterThan(0);
    test.clock.forward(901);
    // None of it was counted against her: three tries of hers are three.
    const challenge = await page.begin(ann);
    for (let i = 0; i < 2; i++) {
      const slip = await page.completeWith(challenge, ann.authenticator, { signature: flipped });
      expectProblem(slip, 401, 'invalid_code');
    }
    expect((await page.completeWith(challenge, ann.authenticator)).status).toBe(200);
    await test.close();
  });

  it('cannot fill the table: a sign-in has five challenges at once, and pushes out nobody else’s', async () => {
    const test = await startTestApp();
    const page = new PasskeyPage(test);
    const ann = await page.owner();
    const [hers, thief] = [await page.begin(ann), await page.begin(ann)];
    const early = ann.authenticator.get(await page.factorRequest(hers));
    const ofThief = await page.factorRequest(thief);
    for (let i = 0; i < 8; i++) await page.factorRequest(thief);
    const [row] = await test.database.query<{ n: number }[]>(
      'SELECT count(*)::int n FROM passkey_challenges WHERE user_id = $1',
      [ann.user.id],
    );
    expect(row?.n).toBe(6);
    expectProblem(await page.complete(thief, ann.authenticator.get(ofThief)), 401, 'invalid_code');
    expect((await page.complete(hers, early)).status).toBe(200);
    await test.close();
  });
});
