import { loadEnvFile } from './src/config/env-file.js';
import { readSettings } from './src/config/settings.js';
import { createDataSource } from './src/data-source.js';
import { openDatabase } from './src/open-database.js';

loadEnvFile();
const settings = readSettings(process.env);
const database = await openDatabase(settings, (line) => process.stderr.write(`${line}\n`));

/** For the TypeORM command line: `npm run migration:generate -- AddSomething`, `migration:run`, `migration:revert`. */
export default createDataSource(settings, settings.databaseDirectUrl ?? database.url);
