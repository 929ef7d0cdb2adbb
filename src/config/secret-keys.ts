import { randomBytes } from 'node:crypto';
import { chmodSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
  return list(secretKey)(readFileSync(path, 'utf8').trim());
}
