import { readSettings } from '../../config/settings.js';
import { defineCommand } from '../command.js';
import { applyMigrations, withDatabase } from '../services.js';

export const migrateDatabase = defineCommand({
  name: 'migrate',
  summary: 'Applies the migrations that the database lacks',
  description: [
    'All of them or, if one fails, none. Prints their names. Of many that run at once one applies them and',
    'the others wait. The server does the same when it starts.',
  ],
  options: {},
  examples: ['npm run cli -- migrate'],
  async run(_, { environment, terminal }) {
    const settings = readSettings(environment);
    const applied = await withDatabase(settings, terminal, (url) => applyMigrations(settings, url));
    terminal.print(applied.length > 0 ? applied.join('\n') : 'Nothing to apply.');
    return undefined;
  },
});
