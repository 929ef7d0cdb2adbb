import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { type ProcessIdentity, self } from './process-identity.js';
import { parseIdentity } from './start-lock.js';

/** The process whose server is running; undefined when none is recorded. */
export function readOwner(file: string): ProcessIdentity | undefined {
  try {
    return parseIdentity(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Records this process. What comes back takes the record away again, unless somebody else has replaced it. */
export function recordOwner(file: string): () => void {
  const record = JSON.stringify({ ...self(), turn: randomUUID() });
  const fresh = `${file}.new`;
  writeFileSync(fresh, record, { mode: 0o600 });
  renameSync(fresh, file);
  return () => {
    try {
      if (readFileSync(file, 'utf8') === record) rmSync(file);
    } catch {
      // Gone already.
    }
  };
}
