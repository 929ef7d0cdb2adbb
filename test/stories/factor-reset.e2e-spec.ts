import type { UserTwoFactorDto } from '../../src/admin/users/user-two-factor.dto.js';
import { userPermissions } from '../../src/users/users.permissions.js';
import { LogBook } from '../support/audit.js';
import { withAuthenticator } from '../support/authenticator.js';
import { meanwhile } from '../support/blocked.js';
import { FactorResets, REASON } from '../support/factor-resets.js';
import { userHolder } from '../support/grants.js';
import { complaintsOf, expectProblem } from '../support/problems.js';
import { allMailsAreOut } from '../support/reset-links.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import type { Trusting } from '../support/trusting.js';
import type { Clerk } from '../support/users-office.js';

describe('Somebody who lost her second factor', () => {
  let test: TestApp;
  let resets: FactorResets;
  let ann: Trusting;
  let clerk: Clerk;

  beforeAll(async () => {
    test = await startTestApp();
    resets = new FactorResets(test);
  });
  beforeEach(async () => {
    ann = await resets.owner();
    clerk = await resets.office.clerk();
  });
  afterAll(() => test.close());

  const view = (client = clerk.client) =>
    client.get<UserTwoFactorDto>(`/v1/users/${ann.id}/two-factor`);
  const ask = (reason?: unknown, client = clerk.client) => resets.ask(client, ann.id, reason);
  const refused = (client: Clerk['client'], status: number, code: string) =>
    changingNoRow(test, async () => {
      expectProblem(await ask(REASON, client), status, code);
      expect((await resets.standing(ann.id))?.resets).toBe(0);
    });

  it('is helped by people who know her, in three days, and told at once', async () => {
    const before = test.clock.millis();
    const { status, body } = await ask();
    expect(status).toBe(202);
    const days = (Date.parse(body.dueAt) - before) / 86_400_000;
    expect(days).toBeCloseTo(3, 3);
    const mails = await test.outbox.waitFor(ann.made.email);
    expect(mails[0]?.subject).toBe('Your second factors will be removed');
    expect(mails[0]?.text).toContain('http://localhost:3000/stop-factor-reset#token=ghf_');
    // Neither why, nor who, nor from where.
    expect(mails[0]?.text).not.toMatch(/phone|127\.0\.0\.1|video/);
    expect(mails[0]?.text).not.toContain(clerk.email);
    expect(await resets.isReset(ann)).toBe(false);
  });

  it('is helped by whoever may, and the log book knows who and why', async () => {
    await ask();
    const [event] = (await (await LogBook.of(test)).about(ann.id)).filter(
      ({ action }) => action === 'two_factor_reset_requested',
    );
    expect(event).toMatchObject({ actorId: clerk.user.id, details: { reason: REASON } });
  });

  it('has what the office sees of it, and nothing that proves anything', async () => {
    await ann.signIn();
    await ask();
    const { body, text } = await view();
    expect(body).toEqual({
      factors: [
        {
          method: 'totp',
          createdAt: expect.any(String) as string,
          lastUsedAt: expect.any(String) as string,
        },
      ],
      recoveryCodesLeft: 0,
      pendingReset: {
        requestedAt: expect.any(String) as string,
        requestedBy: clerk.user.id,
        dueAt: expect.any(String) as string,
      },
    });
    expect(text).not.toMatch(/secret|sealed|hash|gh[a-z]_|phone/i);
    const { user } = await resets.office.make.user();
    const other = await clerk.client.get(`/v1/users/${user.id}/two-factor`);
    expect(other.body).toEqual({ factors: [], recoveryCodesLeft: 0, pendingReset: null });
  });

  it('is seen by those who may view her, and by nobody else', async () => {
    const viewer = await resets.office.clerk([userPermissions.view]);
    expect((await view(viewer.client)).status).toBe(200);
    const stranger = await resets.office.clerk([]);
    expectProblem(await view(stranger.client), 404, 'not_found');
    expectProblem(await view(resets.office.make.client), 401, 'not_authenticated');
  });

  it('is helped by nobody who has not that very permission', async () => {
    const { reset_two_factor, ...others } = userPermissions;
    const changer = await resets.office.clerk(Object.values(others));
    await refused(changer.client, 403, 'permission_denied');
    const stranger = await resets.office.clerk([]);
    await refused(stranger.client, 404, 'not_found');
    await refused(resets.office.make.client, 401, 'not_authenticated');
    // For herself alone, as a grant on one object.
    const helper = await resets.office.clerk([userPermissions.view]);
    await resets.office.grants.grant(userHolder(helper.user), ann.id, reset_two_factor);
    expect((await ask(REASON, helper.client)).status).toBe(202);
  });

  it('is helped by a fresh proof, of the second factor if the helper has one', async () => {
    await resets.office.ages(clerk);
    await refused(clerk.client, 403, 'reauthentication_required');
    const other = await resets.office.clerk();
    await withAuthenticator(test, other.user.id);
    await refused(other.client, 403, 'reauthentication_required');
  });

  it.each([
    [undefined, 'reason required'],
    ['', 'reason too_short'],
    ['  ', 'reason too_short'],
    [7, 'reason invalid_type'],
    ['a'.repeat(501), 'reason too_long'],
    ['a\u202eb', 'reason invalid_characters'],
  ])('is not helped without a reason like %j', async (reason, complaint) => {
    await changingNoRow(test, async () => {
      const url = `/v1/users/${ann.id}/two-factor/reset`;
      const answer = await clerk.client.post(url, { reason });
      expectProblem(answer, 400, 'validation_failed');
      expect(complaintsOf(answer)).toEqual([complaint]);
    });
  });

  it('is not helped twice at once, and by one of fifty', async () => {
    const answers = await Promise.all(Array.from({ length: 50 }, () => ask()));
    const codes = answers.map(({ status }) => status);
    expect(codes.filter((code) => code === 202)).toHaveLength(1);
    expect(codes.filter((code) => code !== 202 && code !== 409 && code !== 429)).toEqual([]);
    await allMailsAreOut(test);
    expect(test.outbox.to(ann.made.email)).toHaveLength(1);
    expectProblem(await ask(), 409, 'two_factor_reset_pending');
  });

  it('is not drowned in mails: five times a day', async () => {
    for (let i = 0; i < 5; i++) {
      expect((await ask()).status).toBe(202);
      expect((await resets.stopAt(clerk.client, ann.id)).status).toBe(204);
    }
    expectProblem(await ask(), 429, 'too_many_attempts');
  });

  it('is not oneself', async () => {
    await withAuthenticator(test, clerk.user.id);
    const root = await resets.office.superuser();
    const [own] = await Promise.all([resets.ask(root.client, root.user.id)]);
    expectProblem(own, 403, 'beyond_own_rights');
  });

  it('is no superuser, unless another one helps', async () => {
    const root = await resets.office.superuser();
    await withAuthenticator(test, root.user.id);
    await changingNoRow(test, async () => {
      const answer = await resets.ask(clerk.client, root.user.id);
      expectProblem(answer, 403, 'beyond_own_rights');
    });
    const other = await resets.office.superuser();
    expect((await resets.ask(other.client, root.user.id)).status).toBe(202);
    expectProblem(await resets.stopAt(clerk.client, root.user.id), 403, 'beyond_own_rights');
  });

  it('is nobody who stands above the helper, nor who is promoted meanwhile', async () => {
    const peer = await resets.office.clerk([...Object.values(userPermissions)]);
    const boss = await resets.office.make.user();
    await resets.office.grants.give(userHolder(boss.user), 'audit.view_audit_event');
    await withAuthenticator(test, boss.user.id);
    expectProblem(await resets.ask(peer.client, boss.user.id), 403, 'beyond_own_rights');
    const raise = 'UPDATE users SET is_superuser = true WHERE id = $1';
    const answers = await meanwhile(test, raise, [ann.id], () => [ask()]);
    for (const answer of answers) expectProblem(answer, 403, 'beyond_own_rights');
  });

  it('has one, and an account that is open', async () => {
    const bob = await resets.office.make.user();
    const without = await resets.ask(clerk.client, bob.user.id);
    expectProblem(without, 409, 'no_second_factor_to_reset');
    await clerk.client.patch(`/v1/users/${ann.id}`, { isActive: false });
    expectProblem(await ask(), 409, 'user_not_active');
  });
});
