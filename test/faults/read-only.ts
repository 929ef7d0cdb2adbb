import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Nobody's own: may write nothing that root has not opened to all. */
const NOBODY = '65534';

/** Mounts everything anew, to be read only, for what is started in it alone; then it is nobody who starts it. */
const SCRIPT = `
set -e
mount --make-rprivate /
while read -r _ _ _ _ place _; do
  mount -o remount,bind,ro "$(printf '%b' "$place")" 2>/dev/null || true
done < /proc/self/mountinfo
exec setpriv --reuid=${NOBODY} --regid=${NOBODY} --clear-groups --inh-caps=-all --no-new-privs "$@"
`;

const words = (command: readonly string[]) => ['--mount', 'sh', '-c', SCRIPT, 'sh', ...command];

/** A program and its words such that it can write nowhere and is not root. */
export const readOnly = (...command: readonly string[]): readonly [string, readonly string[]] => [
  'unshare',
  words(command),
];

const tries = `
const { writeFileSync } = require('node:fs');
const { tmpdir } = require('node:os');
for (const folder of ['.', tmpdir(), '/', '/dev/shm', '/var/tmp']) {
  try { writeFileSync(folder + '/gatehouse-can-write', ''); process.exit(1); } catch {}
}
process.exit(process.getuid() === ${NOBODY} ? 0 : 1);
`;

/** Undefined: it can be done here. Otherwise why not. */
export function noReadOnly(): string | undefined {
  const [program, given] = readOnly(process.execPath, '-e', tries);
  const { status, error } = spawnSync(program, given, { cwd: '/', stdio: 'ignore' });
  if (error === undefined && status === 0) return undefined;
  return 'it takes root, unshare and setpriv to make a file system read-only';
}

/** How a line begins that tells of a write. */
export const WRITES = 'WRITES';

/** Whatever is opened for writing, made, moved or removed is told of on stderr, whether or not it works. */
const WATCH = `
const fs = require('node:fs');
const names = ['mkdir', 'mkdtemp', 'writeFile', 'appendFile', 'rename', 'unlink', 'rm', 'rmdir', 'link', 'symlink',
  'chmod', 'chown', 'copyFile', 'cp', 'truncate', 'createWriteStream'];
const tell = (name, path) => process._rawDebug('${WRITES} ' + name + ' ' + String(path));
const watch = (object, name, isWrite) => {
  const real = object[name];
  if (typeof real !== 'function') return;
  object[name] = (...given) => { if (isWrite(...given)) tell(name, given[0]); return real(...given); };
};
const opensToWrite = (_, flags) => typeof flags === 'string' ? /[wa+]/.test(flags) : typeof flags === 'number' && (flags & 3) !== 0;
for (const object of [fs, fs.promises]) {
  for (const name of names) for (const each of [name, name + 'Sync']) watch(object, each, (path) => typeof path !== 'number');
  for (const name of ['open', 'openSync']) watch(object, name, opensToWrite);
}
require('node:module').syncBuiltinESMExports();
`;

/** The words of Node that load what watches; it is put into this folder. */
export function watchWrites(folder: string): readonly string[] {
  const file = join(folder, 'watch.cjs');
  writeFileSync(file, WATCH);
  chmodSync(folder, 0o755);
  return ['--require', file];
}
