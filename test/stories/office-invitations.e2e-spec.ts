import type { ManagedUserDto } from '../../src/admin/users/managed-user.dto.js';
import { userPermissions } from '../../src/users/users.permissions.js';
import { LogBook } from '../support/audit.js';
import { Grants, userHolder } from '../support/grants.js';
import { GOOD_PASSWORD, someEmail } from '../support/make.js';
import { complaintsOf, expectProblem } from '../support/problems.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { type Clerk, Office } from '../support/users-office.js';

const CHOSEN = 'a heron sleeps on the roof';

describe('An account that an administrator makes', () => {
  let test: TestApp;
  let office: Office;
  let clerk: Clerk;

  beforeAll(async () => {
    test = await startTestApp();
    office = new Office(test);
  });
  beforeEach(async () => {
    clerk = await office.clerk(); // anew: stories move the clock
  });
  afterAll(() => test.close());

  const invite = (more: object = {}) =>
    clerk.client.post<ManagedUserDto>('/v1/users', { email: someEmail(), ...more });

  it('is there at once; its password is chosen by its owner, by a link that nobody else sees', async () => {
    const email = someEmail('Zoe');
    const { status, body, text } = await invite({ email, firstName: 'Zoe', timezone: 'UTC' });
    expect(status).toBe(201);
    expect(body).toMatchObject({ email, firstName: 'Zoe', emailVerified: false, isActive: true });
    expect(body).toMatchObject({ isStaff: false, isSuperuser: false });
    const [mail] = await test.outbox.waitFor(email);
    expect(mail?.subject).toBe('Your account at Gatehouse');
    const token = await test.outbox.tokenFor(email);
    expect(text).not.toContain(token);
    test.clock.forward(6 * 86_400);
    expect(await office.make.client.reset(token, CHOSEN)).toMatchObject({ status: 204 });
    const { body: signedIn } = await office.make.client.login(email, CHOSEN);
    expect(signedIn.user).toMatchObject({ firstName: 'Zoe', timezone: 'UTC', emailVerified: true });
    const book = await LogBook.of(test);
    expect(await book.words(body.id)).toEqual([
      'user_created success',
      'email_verified success',
      'password_reset success',
      'sign_in success',
    ]);
    const [made] = await book.about(body.id);
    expect(made).toMatchObject({ actorId: clerk.user.id, subjectId: body.id });
  });

  it('keeps the rights that it was given before its owner came', async () => {
    const { body } = await invite();
    await new Grants(test).give(userHolder(body), userPermissions.view);
    await office.make.client.reset(await test.outbox.tokenFor(body.email), CHOSEN);
    const { body: signedIn } = await office.make.client.login(body.email, CHOSEN);
    const hers = office.make.client.as(signedIn.accessToken);
    expect((await hers.get(`/v1/users/${clerk.user.id}`)).status).toBe(200);
  });

  it('cannot be registered over by a stranger, who would have the rights that it was given', async () => {
    const { body } = await invite({ firstName: 'Zoe' });
    const { email } = body;
    const answer = await office.make.client.register(email, 'the password of a thief');
    expect(answer).toMatchObject({ status: 202, body: { status: 'verification_sent' } });
    const mails = await test.outbox.waitFor(email, 2);
    expect(mails.at(-1)?.subject).toBe('You already have an account');
    expect((await office.make.client.login(email, 'the password of a thief')).status).toBe(401);
    expect((await clerk.client.get(`/v1/users/${body.id}`)).body).toMatchObject({
      firstName: 'Zoe',
    });
  });

  it('takes the place of a registration that nobody proved, whose links are dead', async () => {
    const email = someEmail();
    await office.make.client.register(email, 'the password of a thief', { firstName: 'Thief' });
    const stale = await test.outbox.tokenFor(email);
    const { status, body } = await invite({ email });
    expect(status).toBe(201);
    expect(body.firstName).toBe('');
    expectProblem(await office.make.client.verify(stale), 400, 'token_invalid');
    expect((await office.make.client.login(email, 'the password of a thief')).status).toBe(401);
  });

  it('is refused for an address that has an account', async () => {
    const { email } = await office.make.user();
    await changingNoRow(test, async () => {
      expectProblem(await invite({ email: email.toUpperCase() }), 409, 'email_taken');
    });
  });

  it('is made once, of fifty at once', async () => {
    const email = someEmail();
    const answers = await Promise.all(Array.from({ length: 50 }, () => invite({ email })));
    const statuses = answers.map(({ status }) => status);
    expect(statuses.filter((status) => status === 201)).toHaveLength(1);
    expect(statuses.filter((status) => status === 409)).toHaveLength(49);
    expect(await test.outbox.waitFor(email)).toHaveLength(1);
  });

  it.each([
    ['password', { password: GOOD_PASSWORD }],
    ['passwordHash', { passwordHash: 'bcrypt$x' }],
    ['isSuperuser', { isSuperuser: true }],
    ['isStaff', { isStaff: true }],
    ['isActive', { isActive: false }],
    ['emailVerified', { emailVerified: true }],
    ['invitedAt', { invitedAt: null }],
    ['id', { id: '01939f5c-7b0a-7c3e-8a51-3f1d2c4b5a69' }],
  ])('has no %s to be said (K01, K17)', async (field, more) => {
    await changingNoRow(test, async () => {
      const answer = await invite(more);
      expectProblem(answer, 400, 'validation_failed');
      expect(complaintsOf(answer)).toEqual([`${field} unknown_field`]);
    });
  });

  it('is not for everybody to make', async () => {
    const { client } = await office.clerk([userPermissions.view, userPermissions.change]);
    await changingNoRow(test, async () => {
      const answer = await client.post('/v1/users', { email: someEmail() });
      expectProblem(answer, 403, 'permission_denied');
    });
  });
});
