import { parseArgs, type ParseArgsConfig } from 'node:util';
import type { Environment } from '../config/settings.js';
import { UsageError } from './cli-error.js';
import { closest } from './closest.js';
import { renderHelp } from './help.js';
import type { Terminal } from './terminal/terminal.js';

/** What a command works with. */
export interface CommandContext {
  readonly environment: Environment;
  readonly terminal: Terminal;
}

type OptionConfig = NonNullable<ParseArgsConfig['options']>[string];

export interface OptionSpec extends OptionConfig {
  readonly help: string;
  /** What the help calls the value of a `string` option. */
  readonly value?: string;
}

export type Options = Readonly<Record<string, OptionSpec>>;
type Values<O extends Options> = ReturnType<
  typeof parseArgs<{ options: O; allowPositionals: true }>
>['values'];

export interface ArgumentSpec {
  readonly name: string;
  readonly help: string;
  /** The command has a meaning without it. */
  readonly optional?: boolean;
}

export interface CommandSpec<O extends Options> {
  readonly name: string;
  /** One line for the list of commands. */
  readonly summary: string;
  /** What there is to know besides; a line each. */
  readonly description: readonly string[];
  /** The one word that the command takes besides its options. */
  readonly argument?: ArgumentSpec;
  readonly options: O;
  /** Without `npm run cli -- `. */
  readonly examples: readonly string[];
  /** Resolves to the exit code, if it is not 0. */
  run(given: Given<O>, context: CommandContext): Promise<number | undefined>;
}

export interface Given<O extends Options> {
  readonly options: Values<O>;
  /** Empty for a command that takes none, or was given none. */
  readonly argument: string;
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly help: string;
  execute(words: readonly string[], context: CommandContext): Promise<number>;
}

export function defineCommand<const O extends Options>(spec: CommandSpec<O>): Command {
  return {
    name: spec.name,
    summary: spec.summary,
    help: renderHelp(spec),
    execute: async (words, context) => (await spec.run(parse(spec, words), context)) ?? 0,
  };
}

/** @throws UsageError, which repeats no word that might be a secret in the wrong place */
function parse<O extends Options>(spec: CommandSpec<O>, words: readonly string[]): Given<O> {
  const { values, positionals } = readWords(spec.options, words);
  const [argument = '', ...more] = positionals;
  if (more.length > 0 || (argument !== '' && spec.argument === undefined)) {
    throw new UsageError(`There is a word too many for ${spec.name}.`);
  }
  if (argument === '' && spec.argument && !spec.argument.optional) {
    throw new UsageError(`<${spec.argument.name}> is missing.`);
  }
  return { options: values, argument };
}

function readWords<O extends Options>(options: O, words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true });
  } catch (error) {
    throw new UsageError(explain(error as NodeJS.ErrnoException, Object.keys(options)));
  }
}

const PASSWORDS_ON_THE_LINE =
  'A password is never taken from the command line, where others can read it. Use --password-stdin.';

function explain({ code, message }: NodeJS.ErrnoException, known: readonly string[]): string {
  if (code !== 'ERR_PARSE_ARGS_UNKNOWN_OPTION') return message;
  const [, name = ''] = /'-{1,2}([^'=]*)/.exec(message) ?? [];
  if (name === 'password') return PASSWORDS_ON_THE_LINE;
  const meant = closest(name, known);
  return `There is no option --${name}.${meant === undefined ? '' : ` Did you mean --${meant}?`}`;
}
