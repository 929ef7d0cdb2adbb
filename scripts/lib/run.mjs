import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Runs another program of Node's with our terminal, and ends as it ends. */
export async function runNode(words, options = {}) {
  const code = await finish(spawn(process.execPath, words, { stdio: 'inherit', ...options }));
  if (code !== 0) process.exit(code);
}

/** A terminal sends Ctrl-C to the child as well; a second one would mean "at once" to it. */
export const isPassedByTerminal = (signal) => signal === 'SIGINT' && Boolean(process.stdin.isTTY);

/** Waits for a child, and passes on what we are told meanwhile. Resolves to an exit code as a shell would give. */
export function finish(child) {
  const passOn = (signal) => () => isPassedByTerminal(signal) || child.kill(signal);
  const pass = Object.fromEntries(SIGNALS.map((signal) => [signal, passOn(signal)]));
  for (const signal of SIGNALS) process.on(signal, pass[signal]);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? 128 + (constants.signals[signal] ?? 0)));
  }).finally(() => {
    for (const signal of SIGNALS) process.off(signal, pass[signal]);
  });
}

/** Runs a child silently and returns how it ended and what it said. `onStart` learns its process id. */
export async function listen(command, words, { onStart, ...options } = {}) {
  const child = spawn(command, words, { stdio: ['ignore', 'pipe', 'pipe'], ...options });
  if (child.pid !== undefined) onStart?.(child.pid);
  const said = [];
  child.stdout.on('data', (chunk) => said.push(chunk));
  child.stderr.on('data', (chunk) => said.push(chunk));
  let interrupted = 0;
  const note = (signal) => () => (interrupted ||= 128 + constants.signals[signal]);
  const notes = Object.fromEntries(SIGNALS.map((signal) => [signal, note(signal)]));
  for (const signal of SIGNALS) process.on(signal, notes[signal]);
  const code = await finish(child);
  for (const signal of SIGNALS) process.off(signal, notes[signal]);
  return { code, interrupted, said: Buffer.concat(said).toString() };
}
