import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { KeyRing } from './key-ring.js';
import { list, secretKey } from './parsers.js';
import type { Settings } from './settings.js';

/** The key ring of SECRET_KEYS or, in development, of a file that is generated into DATA_DIR once. */
export function openKeyRing(settings: Settings): KeyRing {
  return new KeyRing(settings.secretKeys ?? generatedKeys(settings.dataDir));
}

function generatedKeys(dataDir: string): readonly Buffer[] {
  const path = join(dataDir, 'secret-keys');
  if (!existsSync(path)) generate(dataDir, path); // what was generated before may be on a disk that is read-only
  return list(secretKey)(readFileSync(path, 'utf8').trim());
}

/** @throws if nothing can be written there: then SECRET_KEYS has to be set */
function generate(dataDir: string, path: string): void {
  try {
    write(dataDir, path);
  } catch (cause) {
    const { message, code } = cause as NodeJS.ErrnoException;
    throw Object.assign(
      new Error(
        `SECRET_KEYS is not set, and no key can be kept in DATA_DIR instead (${message}). Set it to what \`openssl rand -base64 32\` prints.`,
        { cause },
      ),
      { code },
    );
  }
}

function write(dataDir: string, path: string): void {
  mkdirSync(dataDir, { recursive: true });
  const draft = `${path}.${String(process.pid)}`;
  writeFileSync(draft, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
  try {
    linkSync(draft, path); // atomic: of two processes that start at once, one makes the file
    chmodSync(path, 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}
