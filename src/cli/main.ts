import 'reflect-metadata';
import { loadEnvFile } from '../config/env-file.js';
import { endOnSignals } from '../interruption.js';
import { runCli } from './run-cli.js';
import { ProcessTerminal } from './terminal/process-terminal.js';

endOnSignals();
loadEnvFile();
const words = process.argv.slice(2);
// Whoever reads the results may have seen enough (`| head`).
process.stdout.on('error', () => process.exit());
const code = await runCli(words, { environment: process.env, terminal: new ProcessTerminal() });
// What a pipe has not taken yet would be lost with the process.
for (const stream of [process.stdout, process.stderr]) {
  await new Promise((taken) => stream.write('', taken));
}
process.exit(code);
