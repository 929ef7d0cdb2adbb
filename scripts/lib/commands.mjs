import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ensureBuilt } from './build.mjs';
import { develop } from './dev.mjs';
import { ensureInstalled } from './install.mjs';
import { migrate } from './migrations.mjs';
import { root } from './places.mjs';
import { runNode } from './run.mjs';

process.chdir(root);

const jest = join('node_modules', 'jest', 'bin', 'jest.js');

export const commands = {
  install: () => ensureInstalled(),
  start: (words) => become('main.js', words),
  dev: async () => {
    await ensureInstalled();
    await develop();
  },
  cli: (words) => become('cli/main.js', words),
  test: async (words) => {
    await ensureInstalled();
    await runNode([jest, ...words]);
  },
  faults: async (words) => {
    await ensureInstalled();
    process.env.FAULTS ??= 'full';
    await runNode([jest, '--runInBand', join('test', 'faults'), ...words]);
  },
  soak: async (words) => {
    await ensureInstalled();
    process.env.FAULTS ??= 'full';
    const files = ['--testMatch', '<rootDir>/test/faults/soak.ts'];
    await runNode([jest, '--runInBand', ...files, ...words]);
  },
  bench: async (words) => {
    await ensureInstalled();
    await ensureBuilt();
    await runNode([join('bench', 'run.mjs'), ...words]);
  },
  migration: async (words) => {
    await ensureInstalled();
    await migrate(words);
  },
};

/** Goes on as that program in this very process, so that signals and exit codes are its own. */
async function become(entry, words) {
  await ensureInstalled();
  await ensureBuilt();
  const program = join(root, 'dist', entry);
  process.argv.splice(1, Infinity, program, ...words);
  await import(pathToFileURL(program).href);
}
