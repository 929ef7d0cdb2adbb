import { FactorResetService } from '../../src/login/factor-reset/factor-reset.service.js';
import { UserCredentialsService } from '../../src/users/user-credentials.service.js';
import { UsersService } from '../../src/users/users.service.js';
import { LogBook } from '../support/audit.js';
import { FactorResets, REASON } from '../support/factor-resets.js';
import { behindItsBack } from '../support/heard.js';
import { expectProblem } from '../support/problems.js';
import { allMailsAreOut } from '../support/reset-links.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import type { Trusting } from '../support/trusting.js';
import type { Clerk } from '../support/users-office.js';

const GONE = { factors: 0, resets: 0, sessions: 0 };

describe('A reset of second factors that is due', () => {
  let test: TestApp;
  let resets: FactorResets;
  let ann: Trusting;
  let clerk: Clerk;

  beforeAll(async () => {
    test = await startTestApp();
    resets = new FactorResets(test);
  });
  beforeEach(async () => {
    await test.database.query('DELETE FROM two_factor_resets');
    ({ ann, clerk } = await resets.waiting());
  });
  afterAll(() => test.close());

  const sql = (statement: string) => behindItsBack(test, statement, [clerk.user.id]);
  const eventsOf = async (action: string) =>
    (await (await LogBook.of(test)).about(ann.id)).filter((event) => event.action === action);

  it('takes the factors away and leaves the password, not a second before', async () => {
    test.clock.forward(test.settings.twoFactor.resetDelay - 1);
    expect(await resets.sweep()).toBe(0);
    expect((await ann.begin()).body.status).toBe('two_factor_required');
    test.clock.forward(1);
    expect(await resets.sweep()).toBe(1);
    expect(await resets.standing(ann.id)).toEqual(GONE);
    expect((await ann.begin(undefined, 'not her password')).status).toBe(401);
    expect((await ann.begin()).body.status).toBe('authenticated');
    expect(await resets.sweep()).toBe(0);
  });

  it('takes recovery codes and what is being set up along, and ends what was open', async () => {
    const { accessToken, refreshToken } = await ann.signIn();
    const { deviceToken } = await ann.trusts();
    await resets.ask(clerk.client, ann.id);
    await test.database.query(
      `INSERT INTO recovery_codes (id, user_id, code_hash, created_at) VALUES (gen_random_uuid(), $1, 'x', now())`,
      [ann.id],
    );
    const { challengeToken } = (await ann.begin()).body;
    const code = ann.app.nextCode();
    await resets.wait();
    await resets.sweep();
    const { client } = resets.office.make;
    expectProblem(await client.as(accessToken).me(), 401, 'invalid_token');
    expectProblem(await client.post('/v1/auth/refresh', { refreshToken }), 401, 'invalid_token');
    const shown = { challengeToken, method: 'totp', code };
    expectProblem(await client.post('/v1/auth/login/two-factor', shown), 401, 'challenge_expired');
    const [row] = await test.database.query<{ codes: number; trusted: number }[]>(
      `SELECT (SELECT count(*)::int FROM recovery_codes WHERE user_id = $1) AS codes,
              (SELECT count(*)::int FROM known_devices WHERE user_id = $1 AND trusted_at IS NOT NULL) AS trusted`,
      [ann.id],
    );
    expect(row).toEqual({ codes: 0, trusted: 0 });
    const { body } = await ann.begin(deviceToken);
    const claims = Buffer.from(body.accessToken.split('.')[1] ?? '', 'base64url').toString();
    expect(JSON.parse(claims)).toMatchObject({ amr: ['pwd'], acr: 'aal1' });
  });

  it('is told to her, and to the log book with who asked and why', async () => {
    await resets.wait();
    await resets.sweep();
    const mail = await test.outbox.about(ann.made.email, 'Your second factors were removed');
    expect(mail.text).toContain('turn to the people who run');
    expect(mail.text).not.toMatch(/phone|video/);
    const [event] = await eventsOf('two_factor_reset');
    expect(event).toMatchObject({
      outcome: 'success',
      actorId: clerk.user.id,
      details: { reason: REASON, requestedAt: expect.any(String) as string },
    });
  });

  it('happens when she signs in, so that she need not wait for it', async () => {
    await resets.wait();
    const { body } = await ann.begin();
    expect(body.status).toBe('authenticated');
    expect((await resets.office.make.client.as(body.accessToken).me()).status).toBe(200);
    expect(await resets.standing(ann.id)).toEqual({ ...GONE, sessions: 1 });
    expect(await eventsOf('two_factor_reset')).toHaveLength(1);
  });

  it('happens for nobody who does not know her password', async () => {
    await resets.wait();
    expectProblem(await ann.begin(undefined, 'not hers'), 401, 'invalid_credentials');
    expect(await resets.standing(ann.id)).toMatchObject({ factors: 1, resets: 1 });
  });

  it('is not stopped by its link any more', async () => {
    const token = await resets.tokenOf(ann);
    await resets.wait();
    expectProblem(await resets.stop(token), 400, 'token_invalid');
    expect(await resets.sweep()).toBe(1);
  });

  it.each([
    ['is not active', 'UPDATE users SET is_active = false WHERE id = $1'],
    ['is gone', 'DELETE FROM users WHERE id = $1'],
    ['holds the permission no more', 'DELETE FROM user_permissions WHERE user_id = $1'],
  ])('does not happen if whoever asked for it %s', async (_, statement) => {
    await sql(statement);
    await resets.wait();
    expect(await resets.sweep()).toBe(1);
    expect(await resets.standing(ann.id)).toMatchObject({ factors: 1, resets: 0 });
    expect(await resets.isReset(ann)).toBe(false);
    const [event] = await eventsOf('two_factor_reset_stopped');
    expect(event?.details).toEqual({ by: 'right_lost' });
    await test.outbox.about(ann.made.email, 'Your second factors stay');
  });

  it('does not happen to who stands above the one who asked by now', async () => {
    await test.database.query('UPDATE users SET is_superuser = true WHERE id = $1', [ann.id]);
    await resets.wait();
    expect(await resets.isReset(ann)).toBe(false);
    expect(await resets.standing(ann.id)).toMatchObject({ factors: 1, resets: 0 });
  });

  it('happens once, or is stopped once, of fifty who do either at once', async () => {
    for (let round = 0; round < 4; round++) {
      const { ann: bob } = await resets.waiting();
      const token = await resets.tokenOf(bob);
      test.clock.forward(test.settings.twoFactor.resetDelay - 1);
      const { body } = await resets.office.make.client.login(clerk.email, clerk.password);
      const admin = resets.office.make.client.as(body.accessToken);
      await test.database.query('UPDATE two_factor_resets SET due_at = $2 WHERE user_id = $1', [
        bob.id,
        test.clock.now(),
      ]);
      const service = test.app.get(FactorResetService, { strict: false });
      const [stopped, executed] = await Promise.all([
        Promise.all(
          Array.from({ length: 25 }, (_, i) =>
            i % 2 === 0 ? resets.stop(token) : resets.stopAt(admin, bob.id),
          ),
        ),
        Promise.all(Array.from({ length: 25 }, () => service.executeOne())),
      ]);
      expect(stopped.filter(({ status }) => status >= 500)).toEqual([]);
      const stops = stopped.filter(({ status }) => status === 204).length;
      const standing = await resets.standing(bob.id);
      expect(standing).toMatchObject({ resets: 0, factors: stops });
      expect(executed.length).toBe(25);
      const events = await test.database.query<{ action: string }[]>(
        `SELECT action FROM audit_events WHERE subject_id = $1 AND action IN ('two_factor_reset', 'two_factor_reset_stopped')`,
        [bob.id],
      );
      expect(events).toEqual([
        { action: stops === 1 ? 'two_factor_reset_stopped' : 'two_factor_reset' },
      ]);
      await allMailsAreOut(test);
      expect(test.outbox.to(bob.made.email)).toHaveLength(2);
    }
  });

  it('lets her in once she has waited, also if fifty sign in as her at once', async () => {
    await resets.wait();
    const answers = await Promise.all(Array.from({ length: 50 }, () => ann.begin()));
    const codes = new Set(answers.map(({ status }) => status));
    // Whoever proved the password before the factors went is asked once more.
    for (const code of codes) expect([200, 401, 503]).toContain(code);
    expect((await ann.begin()).body.status).toBe('authenticated');
    expect(await eventsOf('two_factor_reset')).toHaveLength(1);
  });

  it('counts no proof that was made before her credentials changed', async () => {
    await resets.wait();
    const users = test.app.get(UsersService, { strict: false });
    const before = await users.get(ann.id);
    await test.database.transaction((manager) =>
      test.app.get(UserCredentialsService, { strict: false }).noteNewCredentials(manager, ann.id),
    );
    const service = test.app.get(FactorResetService, { strict: false });
    expect(await service.executeFor(before)).toBeUndefined();
    expect(await resets.standing(ann.id)).toMatchObject({ factors: 1, resets: 1 });
  });
});

it('Where a policy demands one, she must set up another before anything else', async () => {
  const test = await startTestApp({ environment: { TWO_FACTOR_REQUIRED_FOR: 'all' } });
  const resets = new FactorResets(test);
  const ann = await resets.owner();
  await test.database.query(
    `INSERT INTO two_factor_resets (user_id, requested_by, reason, created_at, due_at)
     SELECT $1, $2, 'x', now(), now()`,
    [ann.id, (await resets.office.make.user({ isSuperuser: true })).user.id],
  );
  test.clock.forward(60);
  const { body } = await ann.begin();
  expect(body.status).toBe('two_factor_enrollment_required');
  await test.close();
});
