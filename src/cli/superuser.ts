import { ValidationFailed } from '../common/failures.js';
import { validated } from '../common/validation.js';
import { EmailField, FirstNameField, LastNameField } from '../users/user-fields.js';
import { UsageError } from './cli-error.js';
import { TRIES } from './new-password.js';
import type { Conversation, Terminal } from './terminal/terminal.js';

/** Who is to be the superuser. */
export interface Person {
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
}

/** By the rules that registration has. */
class SuperuserDto {
  @EmailField()
  email!: string;

  @FirstNameField()
  firstName?: string;

  @LastNameField()
  lastName?: string;
}

interface PersonOptions {
  readonly email?: string | undefined;
  readonly 'first-name'?: string | undefined;
  readonly 'last-name'?: string | undefined;
}

/** The person of the options; asks for the address if it is missing. @throws UsageError */
export async function readPerson(options: PersonOptions, terminal: Terminal): Promise<Person> {
  const names = {
    ...(options['first-name'] !== undefined && { firstName: options['first-name'] }),
    ...(options['last-name'] !== undefined && { lastName: options['last-name'] }),
  };
  if (options.email !== undefined) return person({ ...names, email: options.email });
  if (!terminal.interactive) throw new UsageError('--email is missing.');
  person({ ...names, email: 'somebody@example.com' }); // what is wrong with the names comes first
  return terminal.converse((conversation) => askForEmail(terminal, conversation, names));
}

async function askForEmail(
  terminal: Terminal,
  conversation: Conversation,
  names: object,
): Promise<Person> {
  for (let tries = 1; ; tries++) {
    try {
      return person({ ...names, email: await conversation.ask('E-mail address: ') });
    } catch (error) {
      if (!(error instanceof UsageError) || tries === TRIES) throw error;
      terminal.say(error.message);
    }
  }
}

const OPTION_OF: Readonly<Record<string, string>> = {
  email: '--email',
  firstName: '--first-name',
  lastName: '--last-name',
};

function person(given: object): Person {
  try {
    const { email, firstName = '', lastName = '' } = validated(SuperuserDto, given);
    return { email, firstName, lastName };
  } catch (error) {
    if (!(error instanceof ValidationFailed)) throw error;
    const lines = error.errors?.map(
      ({ field, message }) => `${OPTION_OF[field] ?? field}: ${message}`,
    );
    throw new UsageError((lines ?? []).join('\n'));
  }
}
