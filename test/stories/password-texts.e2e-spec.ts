import { Make, someEmail } from '../support/make.js';
import { complaintsOf, expectProblem } from '../support/problems.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const KEYS = '🔑🗝️🚪🏠🌉🚋⛄🦉🐚🍂🌻🧭🪁🎻🧶📯🕯️🪴';
const FAMILY = '👨‍👩‍👧‍👦';

/** Security catalogue 4.M13 to M17: a password is the very text that was chosen. */
describe('A password', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
  });
  afterAll(() => test.close());

  /** Registers with the password, proves the address; says which texts open the account. */
  const openedBy = async (password: string, texts: readonly string[]): Promise<string[]> => {
    const email = someEmail();
    expect(await make.client.register(email, password)).toMatchObject({ status: 202 });
    await make.client.verify(await test.outbox.tokenFor(email));
    const answers = await Promise.all(texts.map((text) => make.client.login(email, text)));
    return texts.filter((_, i) => answers[i]?.status === 200);
  };

  const bytes72 = 'violet-tram-'.repeat(6);
  it.each<[string, string, string[]]>([
    ['M14 of more than 72 bytes', `${bytes72}X`, [bytes72, `${bytes72}Y`, `${bytes72}XX`]],
    ['M14 of emoji', `${KEYS}A`, [KEYS, `${KEYS}B`, `${KEYS}a`]],
    [
      'M14 of 128 characters',
      `${'violet tram '.repeat(11).slice(0, 127)}.`,
      ['violet tram '.repeat(11)],
    ],
    [
      'M17 with spaces around it',
      '  violet tram rides  ',
      ['violet tram rides', ' violet tram rides '],
    ],
    ['M17 with a tab in it', 'violet\ttram rides', ['violet tram rides', 'violettram rides']],
    ['M17 with a hard space', 'violet\u00a0tram rides', ['violet tram rides']],
    ['M17 with zero-width characters', 'violet\u200btram rides', ['violettram rides']],
    ['with a line break', 'violet tram\nrides', ['violet tram rides', 'violet tram\r\nrides']],
    ['with upper case', 'Violet Tram Rides', ['violet tram rides', 'VIOLET TRAM RIDES']],
    ['with a full-width letter', 'ｖiolet tram rides', ['violet tram rides']],
    ['that looks like a hash', 'bcrypt_sha256$$2b$04$abc', ['bcrypt_sha256$$2b$04$abd', '!']],
    ['that looks like a query', `' OR 1=1 -- violet`, [`' OR 1=1`, `' OR 1=1 -- viole`]],
  ])('%s opens with itself alone', async (_, password, others) => {
    expect(await openedBy(password, [password, ...others])).toEqual([password]);
  });

  it('in one Unicode form opens in the other, which keyboards choose and people do not', async () => {
    const [composed, decomposed] = [
      'violette forêt'.normalize('NFC'),
      'violette forêt'.normalize('NFD'),
    ];
    expect(composed).not.toBe(decomposed);
    expect(await openedBy(decomposed, [composed, decomposed])).toEqual([composed, decomposed]);
  });

  it.each([
    ['M13 with a NUL in it', 'violet tram\0rides', 'malformed_json'],
    ['M13 that is cut by a NUL', 'violet tram rides\0', 'malformed_json'],
    ['M14 with half a character', 'violet tram rides\ud83d', 'password_malformed'],
    ['M16 of nine characters', 'violet tr', 'password_too_short'],
    ['M16 of nine emoji', '🔑🗝🚪🏠🌉🚋⛄🦉🐚', 'password_too_short'],
    ['M16 of nine letters of two bytes', 'éàüöäßñçø', 'password_too_short'],
    [
      'M16 of nine letters, written with accents apart',
      'éàüöäeñço'.normalize('NFD').slice(0, 9),
      'password_too_short',
    ],
    ['M16 of 129 characters', 'violet tram '.repeat(11).slice(0, 129), 'password_too_long'],
    ['M16 of 129 emoji', '🔑'.repeat(129), 'password_too_long'],
    ['of nothing', '', 'password_too_short'],
  ])('%s is refused', async (_, password, code) => {
    const email = someEmail();
    const answer = await changingNoRow(test, () => make.client.register(email, password));
    if (code === 'malformed_json') {
      expectProblem(answer, 400, code);
      return;
    }
    expectProblem(answer, 400, 'validation_failed');
    expect(complaintsOf(answer)).toContain(`password ${code}`);
  });

  it.each([
    ['10 characters', 'violet tra'],
    ['10 emoji', '🔑🗝🚪🏠🌉🚋⛄🦉🐚🍂'],
    ['10 letters of two bytes', 'éàüöäßñçøå'],
    ['128 emoji', `${KEYS}${'🔑'.repeat(128)}`.match(/./gsu)!.slice(0, 128).join('')],
    ['a family of seven characters and three more', `${FAMILY}abc`],
    ['spaces and little else', '     .     '],
  ])('M16 of %s is accepted, counted in characters', async (_, password) => {
    expect(await openedBy(password, [password])).toEqual([password]);
  });

  it('is never taken out of the address, where every proxy would log it', async () => {
    const { email, password } = await make.user();
    const inAddress = `/v1/auth/login?${new URLSearchParams({ email, password }).toString()}`;
    expect(await make.client.post(inAddress, { email, password: '' })).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'password', code: 'required' }] },
    });
    expect(await make.client.post(inAddress, { email, password: 'wrong' })).toMatchObject({
      status: 401,
    });
  });
});
