import { CliError, UsageError } from '../../../src/cli/cli-error.js';
import {
  type Demands,
  givenPassword,
  newPassword,
  readPassword,
} from '../../../src/cli/new-password.js';
import { readPerson } from '../../../src/cli/superuser.js';
import { MaximumLengthRule, MinimumLengthRule } from '../../../src/passwords/length.rules.js';
import { NumericRule } from '../../../src/passwords/numeric.rule.js';
import { PasswordPolicy } from '../../../src/passwords/password-policy.js';
import { FakeTerminal } from './fake-terminal.js';

const policy = new PasswordPolicy([
  new MaximumLengthRule(),
  new MinimumLengthRule(8),
  new NumericRule(),
]);
const demands = (bypass: Demands['bypass']): Demands => ({ policy, about: {}, bypass });
const TOO_LONG = 'é'.repeat(129);

describe('A password on standard input', () => {
  it.each([
    ['correct horse', 'correct horse'],
    ['correct horse\n', 'correct horse'],
    ['correct horse\r\n', 'correct horse'],
    [' correct horse \n', ' correct horse '],
    ['\ufeffcorrect horse\n', 'correct horse'],
    ['naïve🐎\n', 'naïve🐎'],
  ])('%j is %j', (input, password) => {
    expect(readPassword(Buffer.from(input))).toBe(password);
  });

  it.each([
    ['nothing', Buffer.of()],
    ['an empty line', Buffer.from('\n')],
    ['two lines', Buffer.from('one\ntwo\n')],
    ['a line and an empty one', Buffer.from('one\n\n')],
    ['Latin-1', Buffer.of(0x6e, 0x61, 0xef, 0x76, 0x65)],
  ])('is not %s', (_, input) => {
    expect(() => readPassword(input)).toThrow(UsageError);
  });

  it('is read only if it is announced, and is needed if there is no terminal', async () => {
    const nobody = new FakeTerminal([], 'correct horse');
    await expect(givenPassword(nobody, {})).rejects.toThrow(UsageError);
    expect(await givenPassword(nobody, { 'password-stdin': true })).toBe('correct horse');
    expect(await givenPassword(new FakeTerminal(['x']), {})).toBeUndefined();
  });

  it('is refused with every complaint', async () => {
    const refused = newPassword(new FakeTerminal(), '1234567', demands('ask'));
    await expect(refused).rejects.toThrow(
      'This password is too short. It must contain at least 8 characters.\nThis password is entirely numeric.',
    );
  });

  it('may be anything under the bypass but what nobody could sign in with', async () => {
    expect(await newPassword(new FakeTerminal(), '1', demands('always'))).toBe('1');
    const refused = newPassword(new FakeTerminal(), TOO_LONG, demands('always'));
    await expect(refused).rejects.toThrow('too long');
  });
});

describe('A password that is asked for', () => {
  it('is asked for twice', async () => {
    const terminal = new FakeTerminal(['correct horse', 'correct horse']);
    expect(await newPassword(terminal, undefined, demands('never'))).toBe('correct horse');
    expect(terminal.asked).toEqual(['Password: ', 'Password (again): ']);
  });

  it('may be tried three times', async () => {
    const answers = [
      '',
      '',
      'correct horse',
      'correct house',
      '1234567',
      '1234567',
      'more',
      'more',
    ];
    const terminal = new FakeTerminal(answers);
    await expect(newPassword(terminal, undefined, demands('never'))).rejects.toThrow(
      new CliError('No password was set after 3 attempts.'),
    );
    expect(terminal.written.err).toBe(
      [
        'The password must not be empty.',
        'The two passwords are not the same.',
        'This password is too short. It must contain at least 8 characters.',
        'This password is entirely numeric.',
        '',
      ].join('\n'),
    );
    expect(terminal.asked).toHaveLength(6);
  });

  it.each(['y', 'Y', ' yes '])('is taken against the rules on %j', async (answer) => {
    const terminal = new FakeTerminal(['1', '1', answer]);
    expect(await newPassword(terminal, undefined, demands('ask'))).toBe('1');
  });

  it.each(['', 'n', 'yesterday'])('is not taken against the rules on %j', async (answer) => {
    const terminal = new FakeTerminal(['1', '1', answer, 'correct horse', 'correct horse']);
    expect(await newPassword(terminal, undefined, demands('ask'))).toBe('correct horse');
  });

  it('is never taken if nobody could sign in with it', async () => {
    const good = 'correct horse';
    const terminal = new FakeTerminal([TOO_LONG, TOO_LONG, good, good]);
    expect(await newPassword(terminal, undefined, demands('ask'))).toBe(good);
  });
});

describe('The person', () => {
  it('has names that are empty unless they are given, and trimmed', async () => {
    const options = { email: ' Ann@example.com ', 'last-name': ' Lee ' };
    expect(await readPerson(options, new FakeTerminal())).toEqual({
      email: 'Ann@example.com',
      firstName: '',
      lastName: 'Lee',
    });
  });

  it('is asked for the address three times', async () => {
    const terminal = new FakeTerminal(['a', 'b', 'c', 'ann@example.com']);
    await expect(readPerson({}, terminal)).rejects.toThrow(UsageError);
    expect(terminal.asked).toHaveLength(3);
  });
});
