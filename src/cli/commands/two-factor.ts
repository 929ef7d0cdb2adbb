import type { INestApplicationContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AuditService } from '../../audit/audit.service.js';
import { readSettings } from '../../config/settings.js';
import { FactorRemoval } from '../../login/factor-reset/factor-removal.service.js';
import { FactorList } from '../../two-factor/factor-list.service.js';
import { FactorRows } from '../../two-factor/factor-rows.service.js';
import { TwoFactorResets } from '../../two-factor/two-factor-resets.service.js';
import { lockUser } from '../../users/lock-user.js';
import { UsersService } from '../../users/users.service.js';
import { CliError, UsageError } from '../cli-error.js';
import { defineCommand } from '../command.js';
import { withServices } from '../services.js';

export const twoFactor = defineCommand({
  name: 'two-factor',
  summary: 'Lists who of staff has no second factor, and takes those of somebody away',
  description: [
    'list: superusers and staff who are active and have no second factor.',
    'reset: takes all second factors of somebody away, at once, with the recovery codes; the password stays, every',
    'session ends. Be sure who asks for it. No mail is sent: tell her. In the office it takes days, and she is told.',
  ],
  argument: { name: 'list|reset', help: 'What is to be done.' },
  options: {
    email: {
      type: 'string',
      value: 'address',
      help: 'With reset: the address that she signs in with.',
    },
  },
  examples: [
    'npm run cli -- two-factor list',
    'npm run cli -- two-factor reset --email ann@example.com',
  ],
  async run({ argument, options: { email } }, { environment, terminal }) {
    if (argument !== 'list' && argument !== 'reset') {
      throw new UsageError('Say two-factor list, or two-factor reset.');
    }
    if (argument === 'reset' && email === undefined) throw new UsageError('--email is missing.');
    if (argument === 'list' && email !== undefined) {
      throw new UsageError('--email goes with two-factor reset.');
    }
    await withServices(readSettings(environment), terminal, async (services) => {
      terminal.print(email === undefined ? await listed(services) : await reset(services, email));
    });
    return undefined;
  },
});

async function listed(services: INestApplicationContext): Promise<string> {
  const people = await services.get(FactorList, { strict: false }).staffWithout();
  if (people.length === 0) return 'Every superuser and everybody of staff has a second factor.';
  return people
    .map(({ email, isSuperuser }) => `${email}  ${isSuperuser ? 'superuser' : 'staff'}`)
    .join('\n');
}

async function reset(services: INestApplicationContext, email: string): Promise<string> {
  const found = await services.get(UsersService, { strict: false }).findByEmail(email);
  if (!found) throw new CliError(`Nobody signs in with ${email}.`);
  const { id } = found.user;
  return services.get(DataSource, { strict: false }).transaction(async (manager) => {
    await lockUser(manager, id);
    if (!(await services.get(FactorRows, { strict: false }).hasAny(manager, id))) {
      return `${found.user.email} has no second factor.`;
    }
    await services.get(TwoFactorResets, { strict: false }).take(manager, id);
    const removal = services.get(FactorRemoval, { strict: false });
    const { sessionsEnded } = await removal.remove(manager, id);
    await services.get(AuditService, { strict: false }).record(manager, {
      action: 'two_factor_reset',
      outcome: 'success',
      subjectId: id,
      details: { by: 'command line' },
    });
    return `${found.user.email} has no second factor any more. Sessions ended: ${sessionsEnded}. Tell her: no mail is sent.`;
  });
}
