import 'reflect-metadata';
import { loadEnvFile } from '../config/env-file.js';
import { endOnSignals } from '../interruption.js';
import { runCli } from './run-cli.js';
import { ProcessTerminal } from './terminal/process-terminal.js';

endOnSignals();
loadEnvFile();
const words = process.argv.slice(2);
process.exit(await runCli(words, { environment: process.env, terminal: new ProcessTerminal() }));
