import { startEmbeddedPostgres } from '../../src/database/embedded/embedded-postgres.js';

// A program of its own that starts the database, says so, and then lives on or comes to its end.
const [dataDir = '', life] = process.argv.slice(2);
const database = await startEmbeddedPostgres(dataDir, { durable: false });
process.stdout.write(`${JSON.stringify({ url: database.url, adopted: database.adopted })}\n`);
if (life === 'lives') setInterval(() => undefined, 1000);
