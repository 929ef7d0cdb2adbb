import { DataSource } from 'typeorm';
import { AuditService } from '../../audit/audit.service.js';
import { Clock } from '../../common/clock.js';
import { readSettings } from '../../config/settings.js';
import { defineCommand } from '../command.js';
import { endWhatCameBack, type Ended, type Wishes } from '../restored.js';
import { withServices } from '../services.js';

export const afterRestore = defineCommand({
  name: 'after-restore',
  summary: 'Ends what came back to life with a backup of the database',
  description: [
    'Run it once after a restore, before anybody is let in. In one transaction it ends every session, voids every link',
    'and code that was mailed or waits, stops every reset of second factors, drops the mails that waited, and asks every',
    'trusted device for the second factor again. Everybody signs in again; unused invitations are sent anew.',
    'Passwords, rights, deactivated accounts, API keys and recovery codes are as they were at the backup: what changed',
    'since nobody can know. See docs/fleet.md.',
  ],
  options: {
    'api-keys': { type: 'boolean', help: 'Revokes every API key, too.' },
    'recovery-codes': {
      type: 'boolean',
      help: 'Voids every recovery code, too. Their owners make others, with their second factor.',
    },
  },
  examples: ['npm run cli -- after-restore', 'npm run cli -- after-restore --api-keys'],
  async run({ options }, { environment, terminal }) {
    const wishes = {
      apiKeys: options['api-keys'] === true,
      recoveryCodes: options['recovery-codes'] === true,
    };
    await withServices(readSettings(environment), terminal, async (services) => {
      const now = services.get(Clock, { strict: false }).now();
      const audit = services.get(AuditService, { strict: false });
      const ended = await services
        .get(DataSource, { strict: false })
        .transaction(async (manager) => {
          const all = await endWhatCameBack(manager, now, wishes);
          await audit.record(manager, {
            action: 'restored_from_backup',
            outcome: 'success',
            details: { ...all, by: 'command line' },
          });
          return all;
        });
      terminal.print(told(ended, wishes));
    });
    return undefined;
  },
});

function told(ended: Ended, { apiKeys, recoveryCodes }: Wishes): string {
  return [
    `Sessions ended: ${ended.sessions}.`,
    `Links and codes voided: ${ended.links}.`,
    `Devices trusted no longer: ${ended.trustedDevices}.`,
    apiKeys
      ? `API keys revoked: ${ended.apiKeys}.`
      : 'API keys live as at the backup: see npm run cli -- api-keys list.',
    recoveryCodes
      ? `Recovery codes voided: ${ended.recoveryCodes}.`
      : 'Recovery codes that were used since are good again; --recovery-codes voids all.',
  ].join('\n');
}
