import { chownSync, existsSync, lchownSync, lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Account } from './run-as.js';

/**
 * Gives PostgreSQL's files to the account it runs as. They change hands when root's way of running it changed
 * since last time. The top goes last, so that an interrupted change is taken up again.
 */
export function handOver(directory: string, to: Account): void {
  if (!existsSync(directory)) return;
  if (lstatSync(directory).uid === to.uid) return;
  if (process.getuid?.() !== 0) {
    throw new Error(
      `${directory} belongs to another user (probably a start as root). Give it to yourself, for example with ` +
        `"sudo chown -R $(id -u):$(id -g) ${directory}/..", or start as that user.`,
    );
  }
  for (const entry of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    lchownSync(join(directory, entry), to.uid, to.gid);
  }
  chownSync(directory, to.uid, to.gid);
}
