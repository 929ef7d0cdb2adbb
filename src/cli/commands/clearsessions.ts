import { readSettings } from '../../config/settings.js';
import { SessionSweepService } from '../../sessions/session-sweep.service.js';
import { defineCommand } from '../command.js';
import { withServices } from '../services.js';

export const clearSessions = defineCommand({
  name: 'clearsessions',
  summary: 'Removes the sessions that are over',
  description: [
    'In small batches, beside running servers or without one. The server does the same every ten minutes;',
    'nobody is signed out by it, since what is over opens nothing.',
  ],
  options: {},
  examples: ['npm run cli -- clearsessions'],
  async run(_, { environment, terminal }) {
    const settings = readSettings(environment);
    await withServices(settings, terminal, async (services) => {
      const removed = await services.get(SessionSweepService, { strict: false }).sweep();
      terminal.print(`Sessions removed: ${removed}.`);
    });
    return undefined;
  },
});
