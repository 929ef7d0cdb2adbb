import { existsSync } from 'node:fs';

/** Reads `.env` of the working directory; what the environment already says wins. */
export function loadEnvFile(): void {
  if (existsSync('.env')) process.loadEnvFile('.env');
}
