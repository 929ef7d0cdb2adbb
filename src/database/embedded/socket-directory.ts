import { createHash } from 'node:crypto';
import { chownSync, lstatSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PORT } from './places.js';
import { type Account } from './run-as.js';

/** `sockaddr_un` holds 107 bytes and a zero on Linux, 103 and a zero on macOS. */
const LONGEST = 103;

export const socketFile = (directory: string): string =>
  join(directory, `.s.PGSQL.${String(PORT)}`);

/**
 * Where the socket lies: always the same place for the same cluster, so that connection pools find the database
 * again after it was restarted. The cluster's own directory if its path is short enough.
 */
export function socketDirectory(cluster: string, temporary: string = tmpdir()): string {
  const bytes = Buffer.byteLength(socketFile(cluster));
  if (bytes <= LONGEST && !/[",]/.test(cluster)) return cluster;
  const hash = createHash('sha256').update(cluster).digest('hex').slice(0, 16);
  return join(temporary, `gatehouse-${hash}`);
}

/** Makes a socket directory that lies in a place open to everybody. @throws Error when somebody else has made it. */
export function prepareSocketDirectory(directory: string, owner: Account): void {
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
  const found = lstatSync(directory);
  const trusted = found.uid === owner.uid || found.uid === process.getuid?.();
  if (found.isDirectory() && trusted && (found.mode & 0o077) === 0) {
    chownSync(directory, owner.uid, owner.gid);
    return;
  }
  throw new Error(
    `${directory} is not a private directory of the account that runs the database. Delete it, or choose a ` +
      `shorter DATA_DIR (the path of a unix socket is limited to ${String(LONGEST)} bytes).`,
  );
}
