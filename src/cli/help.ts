import type { ArgumentSpec, Command, CommandSpec, Options, OptionSpec } from './command.js';

export const PROGRAM = 'npm run cli --';

const HELP: OptionSpec = { type: 'boolean', help: 'Shows this and does nothing.' };

/** `--help` of one command. */
export function renderHelp<O extends Options>(spec: CommandSpec<O>): string {
  const { name, summary, description, argument, options, examples } = spec;
  const words = [PROGRAM, name, argument && wordOf(argument), '[options]'];
  return [
    `Usage: ${words.filter(Boolean).join(' ')}`,
    [`${summary}.`, ...description].join('\n'),
    ...(argument ? [`Argument:\n${table([[wordOf(argument), argument.help]])}`] : []),
    `Options:\n${table(Object.entries({ ...options, help: HELP }).map(optionRow))}`,
    `Examples:\n${examples.map((example) => `  ${example}`).join('\n')}`,
  ].join('\n\n');
}

const wordOf = ({ name, optional }: ArgumentSpec): string => (optional ? `[${name}]` : `<${name}>`);

/** `--help` of the whole. */
export function renderOverview(commands: readonly Command[]): string {
  return [
    `Usage: ${PROGRAM} <command> [options]`,
    `Commands:\n${table(commands.map(({ name, summary }) => [name, `${summary}.`]))}`,
    [
      `${PROGRAM} <command> --help shows the options of a command, and examples.`,
      'Settings are read from the environment and from .env, as by the server.',
      'Results go to standard output, everything else to standard error.',
      'The exit code is 0, or 1 if the command failed, or 2 if it was not called correctly.',
    ].join('\n'),
  ].join('\n\n');
}

function optionRow([name, { type, value, help }]: [string, OptionSpec]): [string, string] {
  return [type === 'string' ? `--${name} <${value ?? 'text'}>` : `--${name}`, help];
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join('\n');
}
