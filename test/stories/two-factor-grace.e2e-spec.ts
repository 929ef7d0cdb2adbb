import type { LoginResultDto } from '../../src/login/login.dto.js';
import { TwoFactorDueService } from '../../src/users/two-factor-due.service.js';
import { User } from '../../src/users/user.entity.js';
import type { Answer } from '../support/client.js';
import { behindItsBack } from '../support/heard.js';
import { Make, type MadeUser } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { claimsOf, signedInWithCode } from '../support/two-factor-policy.js';

const WEEK = 604_800;
const DUE = 'two_factor_enrollment_required';
const demanding = (grace: number) => ({
  environment: { TWO_FACTOR_REQUIRED_FOR: 'all', TWO_FACTOR_GRACE: String(grace) },
});

describe('Where there is a grace', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp(demanding(WEEK));
    make = new Make(test);
  });
  afterAll(() => test.close());

  const signIn = async ({ email, password }: MadeUser) => {
    const answer = await make.client.login(email, password);
    expect(answer.status).toBe(200);
    return answer;
  };
  const sessions = (token: string): Promise<Answer> =>
    make.client.as(token).get('/v1/users/me/sessions');
  const dueOf = async ({ user }: MadeUser) =>
    (await test.database.getRepository(User).findOneByOrFail({ id: user.id })).twoFactorDueAt;
  const refresh = async ({ body }: Answer<LoginResultDto>) => {
    const { refreshToken } = body;
    const again = await make.client.post<{ accessToken: string }>('/v1/auth/refresh', {
      refreshToken,
    });
    return again.body.accessToken;
  };

  it('somebody who has none is told until when, and goes on till then', async () => {
    const { body } = await signIn(await make.user());
    expect(body.status).toBe('authenticated');
    const left = (new Date(body.twoFactorDueAt).getTime() - test.clock.millis()) / 1000;
    expect(Math.abs(left - WEEK)).toBeLessThan(60);
    expect((await sessions(body.accessToken)).status).toBe(200);
    expect(claimsOf(body.accessToken)).toMatchObject({
      acr: 'aal1',
      aud: 'http://localhost:3000',
    });
  });

  it('is over in the middle of a session, for its tokens as well', async () => {
    const her = await make.user();
    const signedIn = await signIn(her);
    test.clock.forward(WEEK - 100);
    const before = await refresh(signedIn);
    expect((await sessions(before)).status).toBe(200);
    expect(claimsOf(before)['acr']).toBe('aal1');
    test.clock.forward(101);
    expectProblem(await sessions(before), 403, DUE);
    const { body } = await signIn(her);
    expect(body.status as string).toBe(DUE);
    expect(body.twoFactorDueAt).toBeUndefined();
    const after = claimsOf(body.accessToken);
    expect(after).toMatchObject({ acr: 'enrollment' });
    expect(after['aud']).not.toBe('http://localhost:3000');
  });

  it('begins with the first sign-in, and no other makes it longer, at the same moment neither', async () => {
    const her = await make.user();
    expect(await dueOf(her)).toBeNull();
    await Promise.all(Array.from({ length: 6 }, () => signIn(her)));
    const due = await dueOf(her);
    const found = await test.database.query<{ enroll_by: Date }[]>(
      'SELECT enroll_by FROM sessions WHERE user_id = $1',
      [her.user.id],
    );
    test.clock.forward(WEEK / 2);
    const { body } = await signIn(her);
    expect(await dueOf(her)).toEqual(due);
    expect(body.twoFactorDueAt).toBe(due?.toISOString());
    expect(found.every(({ enroll_by }) => enroll_by >= due! && enroll_by <= later(due!))).toBe(
      true,
    );
  });

  it('does not come again for who was demoted and called back', async () => {
    const her = await make.user();
    await signIn(her);
    const due = await dueOf(her);
    test.clock.forward(WEEK + 1);
    const { body } = await signIn(her);
    expect(body.status as string).toBe(DUE);
    expect(await dueOf(her)).toEqual(due);
  });

  it('does not concern who shows her second factor', async () => {
    const her = await signedInWithCode(test);
    expect(await dueOf(her)).toBeNull();
    test.clock.forward(WEEK + 1);
    const { client } = await signedInWithCode(test);
    expect((await client.get('/v1/users/me/sessions')).status).toBe(200);
  });

  it('begins in the middle of a session that was there before anybody demanded it', async () => {
    const her = await make.user();
    const earlier = await signIn(her);
    await behindItsBack(test, 'UPDATE sessions SET enroll_by = NULL WHERE user_id = $1', [
      her.user.id,
    ]);
    await behindItsBack(test, 'UPDATE users SET two_factor_due_at = NULL WHERE id = $1', [
      her.user.id,
    ]);
    expect((await sessions(earlier.body.accessToken)).status).toBe(200);
    const due = await dueOf(her);
    expect(due).not.toBeNull();
    test.clock.forward(WEEK / 2);
    const later = await refresh(earlier);
    expect((await sessions(later)).status).toBe(200);
    expect(await dueOf(her)).toEqual(due);
    test.clock.forward(WEEK / 2);
    const { body: signedIn } = await signIn(her);
    expect(signedIn.status as string).toBe(DUE);
  });

  it('is as long as it is now, where it was made shorter', async () => {
    const her = await make.user();
    await signIn(her);
    const due = await dueOf(her);
    const shorter = await startTestApp(demanding(3600));
    const { body } = await new Make(shorter).client.login(her.email, her.password);
    await shorter.close();
    expect(new Date(body.twoFactorDueAt).getTime()).toBeLessThan(due!.getTime());
    expect((await dueOf(her))?.toISOString()).toBe(body.twoFactorDueAt);
    const users = test.app.get(TwoFactorDueService, { strict: false }); // whose grace is a week
    const longer = await users.of({ ...her.user, twoFactorDueAt: await dueOf(her) });
    expect(longer.toISOString()).toBe(body.twoFactorDueAt);
  });
});

/** Of sign-ins at one time, all that is left to chance. */
const later = (due: Date) => new Date(due.getTime() + 60_000);
