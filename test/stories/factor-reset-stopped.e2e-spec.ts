import { LogBook } from '../support/audit.js';
import { EmailChanges } from '../support/email-changes.js';
import { FactorResets } from '../support/factor-resets.js';
import { GOOD_PASSWORD, Make, someEmail } from '../support/make.js';
import { PasskeyPage } from '../support/passkeys.js';
import { complaintsOf, expectProblem } from '../support/problems.js';
import { allMailsAreOut, resetTokenFor } from '../support/reset-links.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import type { Trusting } from '../support/trusting.js';
import type { Clerk } from '../support/users-office.js';

describe('A reset of second factors that waits', () => {
  let test: TestApp;
  let resets: FactorResets;
  let ann: Trusting;
  let clerk: Clerk;

  beforeAll(async () => {
    test = await startTestApp();
    resets = new FactorResets(test);
  });
  beforeEach(async () => {
    ({ ann, clerk } = await resets.waiting());
  });
  afterAll(() => test.close());

  const isStopped = async () => (await resets.standing(ann.id))?.resets === 0;
  const tellsOf = async (by: string) => {
    await test.outbox.about(ann.made.email, 'Your second factors stay');
    const [event] = (await (await LogBook.of(test)).about(ann.id)).filter(
      ({ action }) => action === 'two_factor_reset_stopped',
    );
    expect(event?.details).toEqual({ by });
    await resets.wait();
    await resets.sweep();
    expect(await resets.isReset(ann)).toBe(false);
  };
  /** With a session from before, in which no factor was shown since. */
  const session = async () => {
    const { accessToken } = await ann.signIn();
    await resets.ask(clerk.client, ann.id);
    return resets.office.make.client.as(accessToken);
  };

  it('is stopped by the link of the mail, once', async () => {
    const token = await resets.tokenOf(ann);
    expect((await resets.stop(token)).status).toBe(204);
    expect(await isStopped()).toBe(true);
    expectProblem(await resets.stop(token), 400, 'token_invalid');
    await tellsOf('link');
  });

  it('is stopped by its owner where she is signed in', async () => {
    const client = await session();
    expect((await resets.stopOwn(client)).status).toBe(204);
    expectProblem(await resets.stopOwn(client), 404, 'not_found');
    expect(await isStopped()).toBe(true);
  });

  it('is stopped by an administrator, who might be another one', async () => {
    const other = await resets.office.clerk();
    expect((await resets.stopAt(other.client, ann.id)).status).toBe(204);
    expectProblem(await resets.stopAt(other.client, ann.id), 404, 'not_found');
    expectProblem(await resets.stop(await resets.tokenOf(ann)), 400, 'token_invalid');
    await tellsOf('administrator');
  });

  it('is stopped by whoever signs in with the factor that is said to be lost', async () => {
    await ann.signIn();
    expect(await isStopped()).toBe(true);
    await tellsOf('second_factor');
  });

  it('is stopped by whoever signs in with a passkey alone', async () => {
    const page = new PasskeyPage(test);
    const bob = await page.owner();
    expect((await resets.ask(clerk.client, bob.user.id)).status).toBe(202);
    const { body } = await page.signInWith(bob.authenticator);
    expect(body.status).toBe('authenticated');
    expect(await resets.standing(bob.user.id)).toMatchObject({ resets: 0 });
  });

  it('is stopped by whoever shows it within a session', async () => {
    const client = await session();
    expect(await isStopped()).toBe(false);
    const shown = { code: ann.app.nextCode() };
    expect((await client.post('/v1/auth/reauthenticate', shown)).status).toBeLessThan(300);
    expect(await isStopped()).toBe(true);
  });

  it('is not stopped by the password alone, nor by a device that stands for the factor', async () => {
    await ann.begin();
    const { deviceToken } = await ann.trusts();
    await resets.ask(clerk.client, ann.id);
    expect(await ann.met(deviceToken)).toBe('authenticated');
    expect(await isStopped()).toBe(false);
  });

  it('is not hurried, nor stopped, by a password that was chosen by mail', async () => {
    const token = await resetTokenFor(test, ann.made.email);
    expect(
      (await resets.office.make.client.reset(token, 'a heron sleeps on the roof')).status,
    ).toBe(204);
    expect(await isStopped()).toBe(false);
    test.clock.forward(86_400);
    expect(await resets.sweep()).toBe(0);
    const { body } = await ann.begin(undefined, 'a heron sleeps on the roof');
    expect(body.status).toBe('two_factor_required');
  });

  it('is over with another address', async () => {
    const client = await session();
    const changes = new EmailChanges(test, new Make(test));
    await changes.done(client, ann.made.email, someEmail('next'));
    expect(await isStopped()).toBe(true);
    expectProblem(await resets.stop(await resets.tokenOf(ann)), 400, 'token_invalid');
  });

  it('is over with the account, though it is opened again', async () => {
    for (const isActive of [false, true]) {
      await clerk.client.patch(`/v1/users/${ann.id}`, { isActive });
    }
    expect(await isStopped()).toBe(true);
  });

  it('is somebody’s own to stop', async () => {
    const { ann: bob } = await resets.waiting();
    const stranger = await resets.office.clerk([]);
    await allMailsAreOut(test);
    await changingNoRow(test, async () => {
      expectProblem(await resets.stopOwn(stranger.client), 404, 'not_found');
      expectProblem(await resets.stopAt(stranger.client, ann.id), 404, 'not_found');
      expectProblem(await resets.stopAt(clerk.client, 'me2'), 404, 'not_found');
      expectProblem(await resets.stopOwn(resets.office.make.client), 401, 'not_authenticated');
    });
    expect((await resets.stop(await resets.tokenOf(bob))).status).toBe(204);
    expect(await isStopped()).toBe(false);
  });

  it('is not stopped by what is no link of it', async () => {
    const token = await resets.tokenOf(ann);
    await allMailsAreOut(test);
    await changingNoRow(test, async () => {
      const changed = token.replace(/.(?=.{10}$)/, (c) => (c === 'a' ? 'b' : 'a'));
      for (const forged of [changed, token.slice(0, -1), token.replace('ghf_', 'ghp_'), 'x']) {
        expectProblem(await resets.stop(forged), 400, 'token_invalid');
      }
      for (const bad of [undefined, 7, null, {}, [token], 'a'.repeat(201)]) {
        const answer = await resets.stop(bad);
        expectProblem(answer, 400, 'validation_failed');
        expect(complaintsOf(answer)).toHaveLength(1);
      }
    });
    expect((await resets.stop(token)).status).toBe(204);
  });

  it('is not stopped by the link of an earlier one', async () => {
    const earlier = await resets.tokenOf(ann);
    await resets.stopAt(clerk.client, ann.id);
    await resets.ask(clerk.client, ann.id);
    expectProblem(await resets.stop(earlier), 400, 'token_invalid');
    expect(await isStopped()).toBe(false);
    await test.outbox.waitFor(ann.made.email, 3);
    expect((await resets.stop(await resets.tokenOf(ann))).status).toBe(204);
  });

  it('is stopped once, of fifty at once, whichever way', async () => {
    const token = await resets.tokenOf(ann);
    const client = await resets.office.make.client.login(clerk.email, GOOD_PASSWORD);
    const admin = resets.office.make.client.as(client.body.accessToken);
    const answers = await Promise.all([
      ...Array.from({ length: 25 }, () => resets.stop(token)),
      ...Array.from({ length: 25 }, () => resets.stopAt(admin, ann.id)),
    ]);
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    await allMailsAreOut(test);
    const told = test.outbox.to(ann.made.email);
    expect(told.filter(({ subject }) => subject.endsWith('stay'))).toHaveLength(1);
  });
});
