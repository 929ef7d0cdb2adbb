import { InvalidSettings } from '../config/settings.js';
import { UsageError, CliError } from './cli-error.js';
import { closest } from './closest.js';
import type { CommandContext } from './command.js';
import { commands } from './commands.js';
import { PROGRAM, renderOverview } from './help.js';
import { reason } from './reason.js';

/** The command line. Resolves to the exit code; whatever goes wrong is told on standard error. */
export async function runCli(
  [name = '', ...words]: readonly string[],
  context: CommandContext,
): Promise<number> {
  const { terminal } = context;
  if (['--help', '-h', 'help'].includes(name)) {
    terminal.print(renderOverview(commands));
    return 0;
  }
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined) {
    terminal.say(`${unknown(name)}\n\n${renderOverview(commands)}`);
    return 2;
  }
  if (wantsHelp(words)) {
    terminal.print(command.help);
    return 0;
  }
  try {
    return await command.execute(words, context);
  } catch (error) {
    terminal.say(explain(error));
    if (!(error instanceof UsageError)) return 1;
    terminal.say(`See: ${PROGRAM} ${command.name} --help`);
    return error.exitCode;
  }
}

/** Not behind `--`, where nothing is an option. */
function wantsHelp(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  const options = end < 0 ? words : words.slice(0, end);
  return options.includes('--help') || options.includes('-h');
}

function unknown(name: string): string {
  if (name === '') return 'Which command?';
  const names = commands.map((command) => command.name);
  const meant = closest(name, names);
  return `There is no command ${JSON.stringify(name)}.${meant === undefined ? '' : ` Did you mean ${meant}?`}`;
}

/** One line wherever there is one thing to say; never a stack. */
function explain(error: unknown): string {
  if (error instanceof CliError || error instanceof InvalidSettings) return error.message;
  return `It failed: ${reason(error)}`;
}
