import type { Client } from '../support/client.js';
import { Make, type MadeUser } from '../support/make.js';
import { complaintsOf, expectProblem } from '../support/problems.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const ME = '/v1/users/me';

describe('Somebody who changes her profile', () => {
  let test: TestApp;
  let ann: MadeUser & { client: Client };
  let bob: MadeUser & { client: Client };

  beforeAll(async () => {
    test = await startTestApp();
    const make = new Make(test);
    ann = await make.signedIn({ firstName: 'Ann', organization: 'Example Ltd' });
    bob = await make.signedIn({ firstName: 'Bob' });
  });
  afterAll(() => test.close());

  it.each<[string, unknown, unknown]>([
    ['firstName', 'Anna', 'Anna'],
    ['firstName', '  Anna Marie ', 'Anna Marie'],
    ['firstName', '', ''],
    ['firstName', 'Åsa 李 😀 O’Neil-Müller', 'Åsa 李 😀 O’Neil-Müller'],
    ['firstName', '<b>Robert"); DROP TABLE users;--', '<b>Robert"); DROP TABLE users;--'],
    ['firstName', 'x'.repeat(150), 'x'.repeat(150)],
    ['firstName', '👩‍👩‍👧‍👦', '👩‍👩‍👧‍👦'],
    ['lastName', 'Lee', 'Lee'],
    ['lastName', '=cmd()', '=cmd()'],
    ['phoneNumber', '+4930123456', '+4930123456'],
    ['phoneNumber', null, null],
    ['organization', 'Admin', 'Admin'],
    ['organization', null, null],
    ['locale', 'de', 'de'],
    ['locale', 'pt-br', 'pt-BR'],
    ['locale', null, null],
    ['timezone', 'Europe/Berlin', 'Europe/Berlin'],
    ['timezone', 'America/Argentina/Buenos_Aires', 'America/Argentina/Buenos_Aires'],
    ['timezone', 'UTC', 'UTC'],
    ['timezone', null, null],
  ])('may make %s %j', async (field, given, kept) => {
    const { status, body } = await ann.client.patch<Record<string, unknown>>(ME, {
      [field]: given,
    });
    expect({ status, kept: body[field] }).toEqual({ status: 200, kept });
    expect((await ann.client.get<Record<string, unknown>>(ME)).body[field]).toEqual(kept);
  });

  it.each<[string, unknown, string]>([
    ['firstName', null, 'invalid_type'],
    ['lastName', null, 'invalid_type'],
    ['firstName', 'x'.repeat(151), 'too_long'],
    ['firstName', 'x'.repeat(10_240), 'too_long'],
    ['firstName', '\u202eevil', 'invalid_characters'],
    ['firstName', 'A\u200bnn', 'invalid_characters'],
    ['firstName', 'A\u2028nn', 'invalid_characters'],
    ['firstName', 'A\nB', 'invalid_characters'],
    ['firstName', 'A\r\nBcc: x', 'invalid_characters'],
    ['firstName', '\u001b[31mred', 'invalid_characters'],
    ['firstName', 'A\u0007', 'invalid_characters'],
    ['firstName', 'A\u0085B', 'invalid_characters'],
    ['firstName', 'A\u2066B', 'invalid_characters'],
    ['firstName', 'A\ufeffB', 'invalid_characters'],
    ['firstName', '\ud800', 'invalid_characters'],
    ['lastName', 'x\ud83d', 'invalid_characters'],
    ['organization', '\u202e', 'invalid_characters'],
    ['organization', 'x'.repeat(151), 'too_long'],
    ['phoneNumber', '030123456', 'invalid_phone_number'],
    ['phoneNumber', '+0123456789', 'invalid_phone_number'],
    ['phoneNumber', '+49 30 123456', 'invalid_phone_number'],
    ['phoneNumber', '+4930123456\n', 'invalid_phone_number'],
    ['phoneNumber', '+٤٩٣٠١٢٣٤٥٦', 'invalid_phone_number'],
    ['phoneNumber', '+1234567890123456', 'too_long'],
    ['phoneNumber', '', 'invalid_phone_number'],
    ['locale', 'german', 'invalid_locale'],
    ['locale', 'de_AT', 'invalid_locale'],
    ['locale', '../../etc', 'invalid_locale'],
    ['locale', '', 'invalid_locale'],
    ['locale', 'de-'.repeat(20), 'too_long'],
    ['locale', 7, 'invalid_type'],
    ['timezone', 'Mars/Olympus', 'invalid_timezone'],
    ['timezone', '+01:00', 'invalid_timezone'],
    ['timezone', '../../etc/passwd', 'invalid_timezone'],
    ['timezone', '', 'invalid_timezone'],
    ['timezone', 'Europe/Berlin ', 'invalid_timezone'],
    ['timezone', 'x'.repeat(65), 'too_long'],
  ])('M20 may not make %s %j', async (field, given, code) => {
    const answer = await changingNoRow(test, () => ann.client.patch(ME, { [field]: given }));
    expectProblem(answer, 400, 'validation_failed');
    expect(complaintsOf(answer)).toEqual([`${field} ${code}`]);
  });

  it('changes nothing by saying nothing', async () => {
    const before = await ann.client.me();
    const answer = await changingNoRow(test, () => ann.client.patch(ME, {}));
    expect(answer).toMatchObject({ status: 200, body: before.body });
  });

  it('changes only what she names', async () => {
    const before = (await ann.client.me()).body as object;
    const { body } = await ann.client.patch(ME, { lastName: 'Only' });
    expect(body).toEqual({ ...before, lastName: 'Only' });
  });

  it('changes nothing if one of her wishes is refused', async () => {
    const wishes = { firstName: 'Never', timezone: 'Mars/Olympus', isStaff: true };
    const answer = await changingNoRow(test, () => ann.client.patch(ME, wishes));
    expect(complaintsOf(answer).sort()).toEqual([
      'isStaff unknown_field',
      'timezone invalid_timezone',
    ]);
  });

  it.each([
    ...['isSuperuser', 'is_superuser', 'isStaff', 'isActive', 'email', 'emailCanonical', 'id'],
    ...['passwordHash', 'password', 'emailVerifiedAt', 'emailVerified', 'createdAt', 'updatedAt'],
    ...['lastLoginAt', 'credentialsChangedAt', 'permissions', 'groups', 'roles', 'user', 'userId'],
    ...['sessions', 'firstname', 'FIRSTNAME', 'first_name', 'firstName.x', '$set'],
  ])('K01 cannot give herself %s', async (field) => {
    for (const value of [true, bob.user.id, null, {}, '2020-01-01T00:00:00.000Z']) {
      const answer = await changingNoRow(test, () =>
        ann.client.patch(ME, { firstName: 'Sly', [field]: value }),
      );
      expectProblem(answer, 400, 'validation_failed');
      expect(complaintsOf(answer)).toEqual([`${field} unknown_field`]);
    }
  });

  it.each([
    'isSuperuser',
    'isStaff',
    'isActive',
    'emailVerified',
    'emailVerifiedAt',
    'id',
    'passwordHash',
  ])('K01 cannot register with %s either', async (field) => {
    const body = { email: 'sly@example.com', password: 'a violet rides the tram', [field]: true };
    const answer = await changingNoRow(test, () =>
      new Make(test).client.post('/v1/auth/register', body),
    );
    expect(complaintsOf(answer)).toEqual([`${field} unknown_field`]);
  });

  it('touches nobody else', async () => {
    const before = await bob.client.me();
    await Promise.all(
      Array.from({ length: 20 }, (_, i) => ann.client.patch(ME, { firstName: `Ann ${i}` })),
    );
    expect((await bob.client.me()).body).toEqual(before.body);
    const [mine, his] = await Promise.all([
      ann.client.patch<{ id: string }>(`${ME}?id=${bob.user.id}`, { lastName: 'Hers' }),
      bob.client.patch<{ id: string }>(`${ME}?id=${ann.user.id}`, { lastName: 'His' }),
    ]);
    expect([mine.body, his.body]).toMatchObject([
      { id: ann.user.id, lastName: 'Hers' },
      { id: bob.user.id, lastName: 'His' },
    ]);
  });

  it('shows no secret of hers, not even to herself', async () => {
    const { body } = await ann.client.me();
    expect(Object.keys(body as object).sort()).toEqual(
      [
        ...['id', 'email', 'emailVerified', 'firstName', 'lastName', 'phoneNumber', 'organization'],
        ...['locale', 'timezone', 'isStaff', 'isSuperuser', 'createdAt'],
      ].sort(),
    );
  });

  it('must be somebody', async () => {
    const stranger = new Make(test).client;
    const answer = await changingNoRow(test, () => stranger.patch(ME, { firstName: 'Nobody' }));
    expectProblem(answer, 401, 'not_authenticated');
  });

  it.each([
    ['too many characters, each with a variation selector', 'a\ufe0f'.repeat(76), 'too_long'],
    ['a soft hyphen', 'An\u00adn', 'invalid_characters'],
    ['an Arabic letter mark', 'Ann\u061c', 'invalid_characters'],
    ['a letter that shows nothing', '\u3164', 'invalid_characters'],
    ['a tag', 'Ann\u{e0061}', 'invalid_characters'],
  ])('cannot take a name with %s', async (_, firstName, code) => {
    const answer = await ann.client.patch(ME, { firstName });
    expect(answer).toMatchObject({ status: 400, body: { errors: [{ field: 'firstName', code }] } });
  });
});
