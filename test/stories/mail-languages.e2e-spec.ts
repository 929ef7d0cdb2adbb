import type { UserDto } from '../../src/users/user.dto.js';
import { GOOD_PASSWORD, Make, someEmail } from '../support/make.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const GERMAN = 'Bestätigen Sie Ihre E-Mail-Adresse';
const ENGLISH = 'Confirm your e-mail address';

describe('Mails speak the language of whom they go to', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
  });
  afterAll(() => test.close());

  const register = (email: string, language: string | undefined, more = {}) =>
    make.client.send({
      method: 'POST',
      url: '/v1/auth/register',
      headers: {
        'content-type': 'application/json',
        ...(language !== undefined && { 'accept-language': language }),
      },
      payload: JSON.stringify({ email, password: GOOD_PASSWORD, ...more }),
    });
  const localeOf = async (email: string) => {
    const [row] = await test.database.query<{ locale: string | null }[]>(
      'SELECT locale FROM users WHERE email = $1',
      [email],
    );
    return row?.locale;
  };

  it.each([
    ['de-AT,en;q=0.5', {}, GERMAN, 'de-AT'],
    ['fr-FR, de;q=0.8, en;q=0.1', {}, GERMAN, 'de'],
    ['fr, it;q=0.9', {}, ENGLISH, 'fr'],
    ['en', { locale: 'de-ch' }, GERMAN, 'de-CH'],
    ['de', { locale: null }, ENGLISH, null],
    ['de;q=2, %%%', {}, ENGLISH, null],
    [undefined, {}, ENGLISH, null],
  ])('registering with Accept-Language %j and %j: "%s"', async (language, more, subject, kept) => {
    const email = someEmail();
    expect((await register(email, language, more)).status).toBe(202);
    const [mail] = await test.outbox.waitFor(email);
    expect(mail?.subject).toBe(subject);
    expect(await localeOf(email)).toBe(kept);
  });

  it('a language that she chooses holds from the next mail on', async () => {
    const ann = await make.signedIn({ emailVerifiedAt: new Date(test.clock.now()) });
    const { body } = await ann.client.patch<UserDto>('/v1/users/me', { locale: 'de-at' });
    expect(body.locale).toBe('de-AT');
    expect((await register(ann.email, 'en')).status).toBe(202);
    const [mail] = await test.outbox.waitFor(ann.email);
    expect(mail?.subject).toBe('Sie haben bereits ein Konto');
  });

  it('an owner who has chosen none is not written to in that of a stranger', async () => {
    const { email } = await make.user();
    expect((await register(email, 'de')).status).toBe(202);
    const [mail] = await test.outbox.waitFor(email);
    expect(mail?.subject).toBe('You already have an account');
    expect(await localeOf(email)).toBeNull();
  });

  it('the answer does not depend on the language, nor on whether there is an account', async () => {
    const { email } = await make.user({ locale: 'de' });
    const answers = [
      await register(email, 'en'),
      await register(someEmail(), 'de'),
      await register(someEmail(), 'xx'),
    ];
    expect(new Set(answers.map(({ status, text }) => `${status} ${text}`)).size).toBe(1);
    expect(answers[0]?.headers['content-language']).toBeUndefined();
  });

  it('asking once more does not change it', async () => {
    const email = someEmail();
    await register(email, 'de');
    await test.outbox.waitFor(email);
    await make.client.send({
      method: 'POST',
      url: '/v1/auth/email/verification',
      headers: { 'content-type': 'application/json', 'accept-language': 'en' },
      payload: JSON.stringify({ email }),
    });
    const mails = await test.outbox.waitFor(email, 2);
    expect(mails.map(({ subject }) => subject)).toEqual([GERMAN, GERMAN]);
  });

  it('the database takes nothing else for a language', async () => {
    const { user } = await make.user();
    const sql = 'UPDATE users SET locale = $1 WHERE id = $2';
    for (const wrong of ['', '../de', 'de_AT', 'd']) {
      await expect(test.database.query(sql, [wrong, user.id])).rejects.toThrow('users_locale');
    }
  });
});
