import type { PasswordPolicy } from '../passwords/password-policy.js';
import type { Complaint, PersonalAttributes } from '../passwords/password-rule.js';
import { CliError, UsageError } from './cli-error.js';
import type { OptionSpec } from './command.js';
import type { Conversation, Terminal } from './terminal/terminal.js';

export const passwordStdin = {
  type: 'boolean',
  help: 'Reads the password from standard input, up to its end; one line end is cut off.',
} as const satisfies OptionSpec;

/** How often somebody may try. */
export const TRIES = 3;

/** A password that was handed over, or undefined: it is to be asked for. */
export type GivenPassword = string | undefined;

/** @throws UsageError if there is neither `--password-stdin` nor anybody to ask */
export async function givenPassword(
  terminal: Terminal,
  options: { readonly 'password-stdin'?: boolean | undefined },
): Promise<GivenPassword> {
  if (options['password-stdin']) return readPassword(await terminal.readInput());
  if (terminal.interactive) return undefined;
  throw new UsageError(
    'There is no terminal to ask for the password on. Hand it over on standard input, with --password-stdin.',
  );
}

/** @throws UsageError */
export function readPassword(input: Buffer): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(input);
  } catch {
    throw new UsageError('Standard input is not UTF-8.');
  }
  const password = text.replace(/\r?\n$/, '');
  if (password === '') throw new UsageError('Standard input is empty: there is no password.');
  if (/[\r\n]/.test(password)) throw new UsageError('Standard input holds more than one line.');
  return password;
}

export interface Demands {
  readonly policy: Pick<PasswordPolicy, 'complaints'>;
  readonly about: PersonalAttributes;
  /** Whether a password that the policy complains of may be taken: always, never, or if the person says so. */
  readonly bypass: 'always' | 'never' | 'ask';
}

/** The password, once it is good enough. @throws CliError with every complaint, or after three tries */
export async function newPassword(
  terminal: Terminal,
  given: GivenPassword,
  demands: Demands,
): Promise<string> {
  if (given === undefined) {
    return terminal.converse((conversation) => askThrice(terminal, conversation, demands));
  }
  const complaints = await demur(given, demands);
  if (complaints.length > 0) throw new CliError(complaints.map(inWords).join('\n'));
  return given;
}

async function askThrice(
  terminal: Terminal,
  conversation: Conversation,
  demands: Demands,
): Promise<string> {
  for (let i = 0; i < TRIES; i++) {
    const password = await askTwice(terminal, conversation);
    if (password === undefined) continue;
    const complaints = await demur(password, demands);
    for (const complaint of complaints) terminal.say(inWords(complaint));
    if (complaints.length === 0) return password;
    if (await bypasses(conversation, complaints, demands)) return password;
  }
  throw new CliError(`No password was set after ${TRIES} attempts.`);
}

async function askTwice(
  terminal: Terminal,
  conversation: Conversation,
): Promise<string | undefined> {
  const password = await conversation.askHidden('Password: ');
  const again = await conversation.askHidden('Password (again): ');
  if (password === again && password !== '') return password;
  terminal.say(
    password === again ? 'The password must not be empty.' : 'The two passwords are not the same.',
  );
  return undefined;
}

/** What stands against the password, after what is bypassed. */
async function demur(password: string, { policy, about, bypass }: Demands): Promise<Complaint[]> {
  const complaints = await policy.complaints(password, about);
  return bypass === 'always' ? complaints.filter(isFinal) : complaints;
}

async function bypasses(
  conversation: Conversation,
  complaints: readonly Complaint[],
  { bypass }: Demands,
): Promise<boolean> {
  if (bypass !== 'ask' || complaints.some(isFinal)) return false;
  const answer = await conversation.ask('Take this password all the same? [y/N] ');
  return /^y(es)?$/i.test(answer.trim());
}

/** Nobody could sign in with such a one. */
const FINAL = new Set(['password_malformed', 'password_too_long']);
const isFinal = ({ code }: Complaint) => FINAL.has(code);

const inWords = ({ message }: Complaint) => message;
