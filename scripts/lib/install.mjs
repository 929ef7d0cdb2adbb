import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { Complaint } from './complain.mjs';
import { withLock } from './lock.mjs';
import { at } from './places.mjs';
import { withProgress } from './progress.mjs';
import { listen } from './run.mjs';

const stamp = at('node_modules', '.gatehouse-install');

/** Brings node_modules to what package-lock.json says. An interrupted install has no stamp and is done again. */
export async function ensureInstalled() {
  if (isInstalled()) return;
  await withLock(async (onStart) => {
    if (!isInstalled()) await install(onStart);
  });
}

function isInstalled() {
  if (!existsSync(at('node_modules', '.package-lock.json'))) return false;
  const wanted = fingerprint();
  if (readIfThere(stamp) === wanted) return true;
  // Somebody has run npm themselves: npm lists what it has installed when it has finished.
  if (!listsAll(at('package-lock.json'), at('node_modules', '.package-lock.json'))) return false;
  try {
    writeFileSync(stamp, wanted);
  } catch {
    // Not ours to write to; it will be compared again next time.
  }
  return true;
}

function fingerprint() {
  const lockfile = readFileSync(at('package-lock.json'));
  const platform = `${process.platform}-${process.arch}`;
  return createHash('sha256').update(lockfile).update(platform).digest('hex');
}

function listsAll(wantedFile, foundFile) {
  try {
    const { packages: wanted } = JSON.parse(readFileSync(wantedFile, 'utf8'));
    const { packages: found } = JSON.parse(readFileSync(foundFile, 'utf8'));
    return Object.entries(wanted).every(([path, entry]) =>
      path in found
        ? found[path].version === entry.version
        : path === '' || entry.optional || entry.devOptional || entry.peer,
    );
  } catch {
    return false;
  }
}

async function install(onStart) {
  const first = !existsSync(at('node_modules'));
  rmSync(stamp, { force: true });
  const wanted = fingerprint();
  const label = first ? 'Installing packages (first start only) …' : 'Updating packages …';
  const { code, interrupted, said } = await withProgress(label, () => runNpm(onStart));
  if (interrupted) throw new Complaint('Interrupted; the next start installs again.', interrupted);
  if (code !== 0) {
    throw new Complaint(
      `${said.trim()}\n\nThe packages could not be installed: npm's words are above.`,
    );
  }
  writeFileSync(stamp, wanted);
}

async function runNpm(onStart) {
  const [command, ...words] = npm();
  // The build needs the development packages whatever NODE_ENV says; `npm run -s` would silence errors too.
  const flags = ['--no-audit', '--no-fund', '--include=dev', '--loglevel=error'];
  const run = (...how) =>
    listen(command, [...words, ...how, ...flags], { cwd: at(), onStart }).catch((error) => ({
      code: 1,
      said: error.message,
    }));
  const exact = await run('ci');
  // Some registries lack the packages of other platforms, and so does a lockfile made with them: `ci` then
  // refuses, where `install` takes the same versions and goes without those.
  const refused = exact.code !== 0 && !exact.interrupted && exact.said.includes('EUSAGE');
  return refused ? run('install', '--no-save') : exact;
}

/** The npm that runs us, else the one that came with this Node, else any. */
function npm() {
  const running = process.env.npm_execpath ?? '';
  const prefix = dirname(dirname(process.execPath));
  const places = [
    ...(basename(running).startsWith('npm') ? [running] : []),
    join(prefix, 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(dirname(process.execPath), 'node_modules', 'npm', 'bin', 'npm-cli.js'),
  ];
  const found = places.find((place) => place.endsWith('.js') && existsSync(place));
  return found ? [process.execPath, found] : ['npm'];
}

function readIfThere(path) {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}
