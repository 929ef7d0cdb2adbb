import '../../app.module.js'; // every room of the house, so that no permission of theirs looks stale
import type { INestApplicationContext } from '@nestjs/common';
import { readSettings } from '../../config/settings.js';
import { StalePermissionsService } from '../../permissions/catalogue/stale-permissions.service.js';
import { UsageError } from '../cli-error.js';
import { defineCommand } from '../command.js';
import { withServices } from '../services.js';

export const permissions = defineCommand({
  name: 'permissions',
  summary: 'Lists what can be held, and removes what no code defines any more',
  description: [
    'Alone: every permission in the database; "stale" marks those that no code of this release defines. They',
    'allow nothing, whoever holds them, and come alive again with the code. The server writes the others at start.',
    'prune: removes the stale ones that nobody holds. Run it when no older release is running any more.',
  ],
  argument: { name: 'prune', help: 'Removes instead of listing.', optional: true },
  options: {
    held: {
      type: 'boolean',
      help: 'With prune: also what somebody holds. It is not given back if the code comes back.',
    },
  },
  examples: ['npm run cli -- permissions', 'npm run cli -- permissions prune'],
  async run({ argument, options }, { environment, terminal }) {
    if (!['', 'prune'].includes(argument)) {
      throw new UsageError('Say permissions, or permissions prune.');
    }
    const held = options.held === true;
    if (held && argument === '') throw new UsageError('--held goes with permissions prune.');
    const settings = readSettings(environment);
    await withServices(settings, terminal, async (services) => {
      const lines = await (argument === '' ? listed(services) : pruned(services, held));
      terminal.print(lines.join('\n'));
    });
    return undefined;
  },
});

const catalogue = (services: INestApplicationContext) =>
  services.get(StalePermissionsService, { strict: false });

async function listed(services: INestApplicationContext): Promise<string[]> {
  const rows = await catalogue(services).list();
  if (rows.length === 0) return ['None yet: the server writes them when it starts.'];
  return rows.map(({ name, stale }) => (stale ? `${name}  stale` : name));
}

async function pruned(services: INestApplicationContext, held: boolean): Promise<string[]> {
  const removed = await catalogue(services).prune({ held });
  const left = (await catalogue(services).list()).filter(({ stale }) => stale);
  return [
    `Permissions removed: ${removed.length}.`,
    ...removed.map((name) => `  ${name}`),
    ...(left.length > 0 ? ['Somebody still holds these; --held removes them, too:'] : []),
    ...left.map(({ name }) => `  ${name}`),
  ];
}
