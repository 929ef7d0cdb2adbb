import { mkdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

/** Where everything of one embedded database lies. */
export interface Places {
  /** The data directory itself, as a real path. */
  readonly root: string;
  /** PostgreSQL's own directory. */
  readonly cluster: string;
  /** Names the process that started the running server. */
  readonly owner: string;
  /** Held while a server is being started. */
  readonly lock: string;
  readonly log: string;
}

/** Makes the data directory when it is missing. */
export function placesIn(dataDir: string): Places {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const root = realpathSync(dataDir);
  return {
    root,
    cluster: join(root, 'postgres'),
    owner: join(root, 'postgres.owner'),
    lock: join(root, 'postgres.lock'),
    log: join(root, 'postgres.log'),
  };
}

/** The superuser, and the database that belongs to it. */
export const ROLE = 'gatehouse';

/** Nothing listens on it; it only names the socket file. */
export const PORT = 5432;

export const passwordFile = (cluster: string): string => join(cluster, 'gatehouse.password');
