import { closest, editsBetween } from '../../../src/cli/closest.js';
import { runCli } from '../../../src/cli/run-cli.js';
import { FakeTerminal } from './fake-terminal.js';

async function run(...words: string[]) {
  const terminal = new FakeTerminal();
  const code = await runCli(words, { environment: {}, terminal });
  return { code, ...terminal.written };
}

describe('Calling the command line', () => {
  it('is explained on standard output, as a whole and command by command', async () => {
    const { code, out, err } = await run('--help');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const names = [...out.matchAll(/^ {2}([a-z]+) {2,}/gm)].map(([, name = '']) => name);
    expect(names).toEqual([
      'createsuperuser',
      'changepassword',
      'clearsessions',
      'keys',
      'audit',
      'permissions',
      'migrate',
      'check',
    ]);
    for (const name of names) {
      const help = await run(name, '--nonsense', '--help');
      expect(help).toMatchObject({ code: 0, err: '' });
      expect(help.out).toMatch(/^Usage: npm run cli -- [^]*Options:[^]*Examples:/);
    }
  });

  it.each([
    [[], 'Which command?'],
    [['creatsuperuser'], 'There is no command "creatsuperuser". Did you mean createsuperuser?'],
    [['sing'], 'There is no command "sing".'],
    [['toString'], 'There is no command "toString".'],
    [['check', '--dploy'], 'There is no option --dploy. Did you mean --deploy?'],
    [['check', '--sing'], 'There is no option --sing.'],
    [['check', '--deploy=yes'], "Option '--deploy' does not take an argument"],
    [['check', '--fail-level', 'high'], '--fail-level must be info or warning or error.'],
    [['check', 'more'], 'There is a word too many for check.'],
    [['changepassword'], '<email> is missing.'],
    [['createsuperuser'], '--email is missing.'],
    [['createsuperuser', '--email', 'ann'], '--email: It must be an e-mail address'],
    [['createsuperuser', '--email', 'a@b.co', '--first-name', 'A\u0000'], '--first-name: It must'],
  ])('as in %j is refused with 2 and a way on', async (words, message) => {
    const { code, out, err } = await run(...words);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err.startsWith(message)).toBe(true);
    expect(err).toContain('--help');
  });

  it.each([
    [['--password', 'hunter2-hunter2']],
    [['--password=hunter2-hunter2']],
    [['--pasword=hunter2-hunter2']],
    [['hunter2-hunter2']],
  ])('never repeats a password in the wrong place: %j', async (words) => {
    const { code, err } = await run('createsuperuser', '--email', 'ann@example.com', ...words);
    expect(code).toBe(2);
    expect(err).not.toContain('hunter2');
  });

  it('fails with 1 and the names of the settings that are wrong', async () => {
    const terminal = new FakeTerminal();
    const environment = { PORT: 'secret-port', HOST: 'localhost' };
    expect(await runCli(['migrate'], { environment, terminal })).toBe(1);
    expect(terminal.written.err).toBe(
      'The settings are not valid:\n  PORT must be a whole number from 0 to 65535\n',
    );
  });
});

describe('The word that was meant', () => {
  it.each([
    ['', '', 0],
    ['abc', '', 3],
    ['kitten', 'sitting', 3],
    ['check', 'chekc', 2],
  ])('%s is from %s %i edits away', (from, to, edits) => {
    expect(editsBetween(from, to)).toBe(edits);
    expect(editsBetween(to, from)).toBe(edits);
  });

  it('is the nearest, if any is near', () => {
    expect(closest('migrat', ['check', 'migrate', 'migrant'])).toBe('migrate');
    expect(closest('sing', ['check', 'migrate'])).toBeUndefined();
  });
});
