import type { INestApplicationContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../../audit/audit.service.js';
import { readSettings } from '../../config/settings.js';
import { SignInAttempts } from '../../login/sign-in-attempts.service.js';
import { PasswordPolicy } from '../../passwords/password-policy.js';
import { PasswordService } from '../../passwords/password.service.js';
import { SessionsService } from '../../sessions/sessions.service.js';
import { attributesOf } from '../../users/attributes.js';
import { UserCredentialsService } from '../../users/user-credentials.service.js';
import type { User } from '../../users/user.entity.js';
import { UsersService } from '../../users/users.service.js';
import { CliError } from '../cli-error.js';
import { defineCommand } from '../command.js';
import { givenPassword, newPassword, passwordStdin } from '../new-password.js';
import { withServices } from '../services.js';

export const changePassword = defineCommand({
  name: 'changepassword',
  summary: 'Gives somebody a new password and ends all of their sessions',
  description: [
    'On a terminal it asks for the password, twice, without showing it. The rules are those for everybody.',
  ],
  argument: { name: 'email', help: 'The address that the user signs in with.' },
  options: { 'password-stdin': passwordStdin },
  examples: [
    'npm run cli -- changepassword ann@example.com',
    'npm run --silent cli -- changepassword ann@example.com --password-stdin < password.txt',
  ],
  async run({ argument: email, options }, { environment, terminal }) {
    const settings = readSettings(environment);
    const given = await givenPassword(terminal, options);
    await withServices(settings, terminal, async (services) => {
      const found = await services.get(UsersService, { strict: false }).findByEmail(email);
      if (!found) throw new CliError(`Nobody signs in with ${email}.`);
      const policy = services.get(PasswordPolicy, { strict: false });
      const demands = { policy, about: attributesOf(found.user), bypass: 'never' } as const;
      const password = await newPassword(terminal, given, demands);
      const ended = await setPassword(services, found.user, password);
      terminal.print(`${found.user.email} has a new password. Sessions ended: ${ended}.`);
    });
    return undefined;
  },
});

async function setPassword(
  services: INestApplicationContext,
  user: User,
  password: string,
): Promise<number> {
  const { id } = user;
  const hash = await services.get(PasswordService, { strict: false }).hash(password);
  return services.get(DataSource, { strict: false }).transaction(async (manager) => {
    await services.get(UserCredentialsService, { strict: false }).setPassword(manager, id, hash);
    await services.get(SignInAttempts, { strict: false }).startOver(manager, user);
    await services.get(AuditService, { strict: false }).record(manager, {
      action: 'password_set',
      outcome: 'success',
      subjectId: id,
      details: { by: 'command line' },
    });
    const whose = { userId: id };
    return services
      .get(SessionsService, { strict: false })
      .endFor('password_set_by_administrator', whose, manager);
  });
}
