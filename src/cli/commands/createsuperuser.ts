import type { INestApplicationContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../../audit/audit.service.js';
import { readSettings } from '../../config/settings.js';
import { PasswordPolicy } from '../../passwords/password-policy.js';
import { PasswordService } from '../../passwords/password.service.js';
import type { UserRow } from '../../users/new-user.js';
import { UsersService } from '../../users/users.service.js';
import { CliError } from '../cli-error.js';
import { defineCommand } from '../command.js';
import { givenPassword, newPassword, passwordStdin } from '../new-password.js';
import { withServices } from '../services.js';
import { type Person, readPerson } from '../superuser.js';

export const createSuperuser = defineCommand({
  name: 'createsuperuser',
  summary: 'Makes a user who holds every permission',
  description: [
    'On a terminal it asks for what is missing, and for the password twice, without showing it. The address',
    'counts as proved. A registration of the address that nobody ever proved is replaced.',
  ],
  options: {
    email: { type: 'string', value: 'address', help: 'The address to sign in with.' },
    'first-name': { type: 'string', value: 'name', help: 'First name.' },
    'last-name': { type: 'string', value: 'name', help: 'Last name.' },
    'password-stdin': passwordStdin,
    'bypass-password-validation': {
      type: 'boolean',
      help: 'Takes any password, be it short, common or breached.',
    },
  },
  examples: [
    'npm run cli -- createsuperuser --email ann@example.com',
    'npm run --silent cli -- createsuperuser --email ann@example.com --password-stdin < password.txt',
  ],
  async run({ options }, { environment, terminal }) {
    const settings = readSettings(environment);
    const person = await readPerson(options, terminal);
    const given = await givenPassword(terminal, options);
    await withServices(settings, terminal, async (services) => {
      await refuseKnown(services, person.email);
      const password = await newPassword(terminal, given, {
        policy: services.get(PasswordPolicy, { strict: false }),
        about: { ...person },
        bypass: options['bypass-password-validation'] ? 'always' : 'ask',
      });
      const user = await create(services, person, password);
      terminal.print(`${user.email} is a superuser now.`);
      if (settings.twoFactor.requiredFor !== 'none') terminal.print(ENROLS);
    });
    return undefined;
  },
});

const ENROLS = 'At the first sign-in a second factor is to be set up: see docs/two-factor.md.';

/** Spares whoever types it a password that would be of no use. */
async function refuseKnown(services: INestApplicationContext, email: string): Promise<void> {
  const found = await services.get(UsersService, { strict: false }).findByEmail(email);
  if (found?.user.emailVerifiedAt) throw taken(email);
}

async function create(
  services: INestApplicationContext,
  person: Person,
  password: string,
): Promise<UserRow> {
  const users = services.get(UsersService, { strict: false });
  const given = {
    ...person,
    passwordHash: await services.get(PasswordService, { strict: false }).hash(password),
    emailVerified: true,
    isStaff: true,
    isSuperuser: true,
  };
  const dataSource = services.get(DataSource, { strict: false });
  const user = await dataSource.transaction(async (manager) => {
    const made =
      (await users.create(manager, given)) ?? (await users.replaceUnproved(manager, given));
    if (made === undefined) return undefined;
    await services.get(AuditService, { strict: false }).record(manager, {
      action: 'superuser_created',
      outcome: 'success',
      subjectId: made.id,
      details: { by: 'command line' },
    });
    return made;
  });
  if (user === undefined) throw taken(person.email);
  return user;
}

const taken = (email: string) =>
  new CliError(
    `${email} already has an account. Choose another address, or if it is only the password that is wanted: npm run cli -- changepassword ${email}`,
  );
