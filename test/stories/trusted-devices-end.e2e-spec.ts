import { SessionsService } from '../../src/sessions/sessions.service.js';
import { UserCredentialsService } from '../../src/users/user-credentials.service.js';
import { meanwhile } from '../support/blocked.js';
import type { Client } from '../support/client.js';
import { EmailChanges } from '../support/email-changes.js';
import { behindItsBack } from '../support/heard.js';
import { GOOD_PASSWORD, Make, someEmail } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { resetTokenFor } from '../support/reset-links.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { DEVICES, Trusting } from '../support/trusting.js';
import { Office, remove } from '../support/users-office.js';

const CHOSEN = 'a heron sleeps on the roof';

/** T80. */
describe('The trust in a device ends', () => {
  let test: TestApp;
  let make: Make;
  let ann: Trusting;
  let device: { deviceToken: string; client: Client };

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
  });
  beforeEach(async () => {
    ann = await Trusting.somebody(test, make);
    device = await ann.trusts();
    expect(await ann.met(device.deviceToken)).toBe('authenticated');
  });
  afterAll(() => test.close());

  const met = async (password = GOOD_PASSWORD) =>
    (await ann.begin(device.deviceToken, password)).body.status;
  const sessionOf = async () => {
    const { body } = await ann.begin(device.deviceToken);
    return { id: body.session.id, client: make.client.as(body.accessToken) };
  };

  it('with a new password', async () => {
    const body = { currentPassword: GOOD_PASSWORD, newPassword: CHOSEN };
    expect((await device.client.post('/v1/auth/password/change', body)).status).toBe(204);
    expect(await met(CHOSEN)).toBe('two_factor_required');
  });

  it('with a password that was chosen by mail', async () => {
    const token = await resetTokenFor(test, ann.made.email);
    expect((await make.client.reset(token, CHOSEN)).status).toBe(204);
    expect(await met(CHOSEN)).toBe('two_factor_required');
  });

  it('with every change of the second factors', async () => {
    const credentials = test.app.get(UserCredentialsService, { strict: false });
    await test.database.transaction((manager) => credentials.noteNewCredentials(manager, ann.id));
    expect(await met()).toBe('two_factor_required');
  });

  it('with another address', async () => {
    const next = someEmail('next');
    await new EmailChanges(test, make).done(device.client, ann.made.email, next);
    const body = { email: next, password: GOOD_PASSWORD, deviceToken: device.deviceToken };
    const answer = await make.client.post('/v1/auth/login', body);
    expect(answer.body).toMatchObject({ status: 'two_factor_required' });
  });

  it('with the account, though it is opened again', async () => {
    for (const open of [false, true]) {
      const set = 'UPDATE users SET is_active = $2 WHERE id = $1';
      await behindItsBack(test, set, [ann.id, open]);
    }
    expect(await met()).toBe('two_factor_required');
  });

  it('by signing out everywhere', async () => {
    expect((await device.client.post('/v1/auth/logout/all')).status).toBe(204);
    expect(await met()).toBe('two_factor_required');
  });

  it('with a refresh token that two have used', async () => {
    const { refreshToken } = await ann.signIn();
    const refresh = () => make.client.post('/v1/auth/refresh', { refreshToken });
    expect((await refresh()).status).toBe(200);
    test.clock.forward(test.settings.refreshGrace + 1);
    expectProblem(await refresh(), 401, 'refresh_token_reused');
    expect(await met()).toBe('two_factor_required');
  });

  it('by ending the session that was opened on it last, and on it alone', async () => {
    const other = await ann.trusts();
    const { id } = await sessionOf();
    expect((await remove(other.client, `/v1/users/me/sessions/${id}`)).status).toBe(204);
    expect(await met()).toBe('two_factor_required');
    expect(await ann.met(other.deviceToken)).toBe('authenticated');
  });

  it('by signing out everywhere else, but not here', async () => {
    const other = await ann.trusts();
    const here = await sessionOf();
    expect((await remove(here.client, '/v1/users/me/sessions')).status).toBe(204);
    expect(await met()).toBe('authenticated');
    expect(await ann.met(other.deviceToken)).toBe('two_factor_required');
  });

  it('by an administrator who signs her out', async () => {
    const root = await new Office(test).superuser();
    expect((await remove(root.client, `/v1/users/${ann.id}/sessions`)).status).toBe(204);
    expect(await met()).toBe('two_factor_required');
  });

  it('but not by signing out on it, or by a session that is over', async () => {
    const { client } = await sessionOf();
    expect((await client.post('/v1/auth/logout')).status).toBe(204);
    test.clock.forward(20 * 86_400);
    expect(await met()).toBe('authenticated');
  });

  it('for sign-ins that were under way', async () => {
    const before = await test.database.query<object[]>(
      'SELECT id FROM sessions WHERE user_id = $1',
      [ann.id],
    );
    const ended =
      'UPDATE known_devices SET trusted_at = NULL, trusted_until = NULL WHERE user_id = $1';
    const answers = await meanwhile(test, ended, [ann.id], () =>
      Array.from({ length: 3 }, () => ann.begin(device.deviceToken)),
    );
    for (const answer of answers) expectProblem(answer, 401, 'invalid_credentials');
    const after = await test.database.query<object[]>(
      'SELECT id FROM sessions WHERE user_id = $1',
      [ann.id],
    );
    expect(after).toEqual(before);
  });

  it('once and for all, of fifty who sign in, sign out everywhere and distrust at once', async () => {
    const sessions = test.app.get(SessionsService, { strict: false });
    const { client } = await sessionOf();
    const whose = { userId: ann.id };
    const answers = await Promise.allSettled([
      ...Array.from({ length: 24 }, () => ann.begin(device.deviceToken)),
      ...Array.from({ length: 13 }, () => remove(client, DEVICES)),
      ...Array.from({ length: 13 }, () => sessions.endFor('logout_everywhere', whose)),
    ]);
    expect(answers.filter(({ status }) => status === 'rejected')).toEqual([]);
    const codes = answers.map((answer) =>
      answer.status === 'fulfilled' && typeof answer.value === 'object' ? answer.value.status : 0,
    );
    expect(codes.filter((code) => code >= 500)).toEqual([]);
    expect(await met()).toBe('two_factor_required');
  });
});
