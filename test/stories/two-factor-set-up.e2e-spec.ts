import { TwoFactorSweep } from '../../src/two-factor/two-factor-sweep.service.js';
import { appOf, enroll, type TotpSetUp } from '../support/authenticator.js';
import { Browser } from '../support/browser.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const BASE = '/v1/users/me/two-factor';
const CLOSED = '/v1/users/me/sessions';

/** What its own mails and the apps of its users call the service. */
const SERVICE = 'Müller & Söhne: Konto';

describe('Somebody who must have a second factor and has none', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    const environment = { TWO_FACTOR_REQUIRED_FOR: 'staff', SERVICE_NAME: SERVICE };
    test = await startTestApp({ environment });
    make = new Make(test);
  });
  afterAll(() => test.close());

  it('sets one up, and goes on with the token that she has', async () => {
    const { client } = await make.signedIn({ isStaff: true });
    expect((await client.get(BASE)).body).toMatchObject({ required: true, level: 'enrollment' });
    expectProblem(await client.get(CLOSED), 403, 'two_factor_enrollment_required');
    await enroll(test, client);
    expect((await client.get(CLOSED)).status).toBe(200);
    expect((await client.get(BASE)).body).toMatchObject({ required: true, level: 'aal2' });
  });

  it('goes on with her cookie, which is a fresh one', async () => {
    const browser = new Browser(test);
    await browser.signIn(await make.user({ isStaff: true }));
    expectProblem(await browser.get(CLOSED), 403, 'two_factor_enrollment_required');
    const before = browser.cookie('session');
    await enroll(test, browser);
    expect(browser.cookie('session')).not.toBe(before);
    expect((await browser.get(CLOSED)).status).toBe(200);
  });

  it('keeps the last one, and has recovery codes of her own', async () => {
    const { client } = await make.signedIn({ isStaff: true });
    const { recoveryCodes } = await enroll(test, client);
    const remove = await client.send({ method: 'DELETE', url: `${BASE}/totp` });
    expectProblem(remove, 409, 'second_factor_demanded');
    const made = await client.post<{ recoveryCodes: string[] }>(`${BASE}/recovery-codes`);
    expect(made.body.recoveryCodes).not.toEqual(recoveryCodes);
  });

  it('reads the name of the service in her app and in her mails', async () => {
    const { client, email } = await make.signedIn({ isStaff: true });
    const { body } = await client.post<TotpSetUp>(`${BASE}/totp`, {});
    expect(new URL(body.otpauthUri).searchParams.get('issuer')).toBe('Müller & Söhne  Konto');
    await client.post(`${BASE}/totp/confirm`, { code: appOf(test, body).code() });
    const mail = await test.outbox.about(email, 'A second factor was added');
    expect(mail.text).toContain(`your account at ${SERVICE}`);
    expect(mail.html).toContain('Müller &amp; Söhne: Konto');
  });

  it('leaves nothing behind of a set-up that she never finished', async () => {
    const sweep = test.app.get(TwoFactorSweep, { strict: false });
    const { client, user } = await make.signedIn({ isStaff: true });
    await client.post(`${BASE}/totp`, {});
    const begun = () =>
      test.database.query<unknown[]>('SELECT FROM totp_enrollments WHERE user_id = $1', [user.id]);
    test.clock.forward(899);
    await sweep.sweep();
    expect(await begun()).toHaveLength(1);
    test.clock.forward(1);
    await sweep.sweep();
    expect(await begun()).toHaveLength(0);
  });
});
