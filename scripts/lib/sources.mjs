import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { at } from './places.mjs';

const stamp = at('dist', '.gatehouse-build');

/** What the sources look like from outside: the names, sizes and times of all that a build reads. */
export function outline() {
  const own = readdirSync(at()).filter((name) => /^tsconfig.*\.json$/.test(name));
  const sources = readdirSync(at('src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(at().length + 1));
  const files = [...own, 'nest-cli.json', 'package-lock.json', ...sources].sort();
  return Object.fromEntries(
    files.map((name) => {
      const { size, mtimeMs, ctimeMs } = statSync(at(name));
      return [name, `${size} ${mtimeMs} ${ctimeMs}`];
    }),
  );
}

/** What the sources say: a hash of names and contents. */
export function contents(files) {
  const hash = createHash('sha256');
  for (const name of Object.keys(files)) {
    const content = readFileSync(at(name));
    hash.update(`${name}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/** Whether dist was built from these sources. Looks from outside first, and reads them only if that differs. */
export function isBuilt() {
  const built = readStamp();
  if (!built || !existsSync(at('dist', 'main.js'))) return false;
  const now = outline();
  if (JSON.stringify(now) === JSON.stringify(built.outline)) return true;
  const hash = contents(now);
  if (hash !== built.contents) return false;
  try {
    writeStamp({ outline: now, contents: hash });
  } catch {
    // Not ours to write to; it will be read again next time.
  }
  return true;
}

export function writeStamp(built) {
  mkdirSync(at('dist'), { recursive: true });
  writeFileSync(stamp, JSON.stringify(built));
}

function readStamp() {
  try {
    return JSON.parse(readFileSync(stamp, 'utf8'));
  } catch {
    return undefined;
  }
}
