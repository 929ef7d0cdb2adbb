import { readOwner } from './owner-file.js';
import { type Places } from './places.js';
import { type PostmasterFile, readPostmasterFile, servesCluster } from './postmaster-file.js';
import { type ProcessIdentity, isAlive } from './process-identity.js';

/** What is to be done about the server of a cluster. */
export type ServerState =
  /** Nobody serves it: it can be started. */
  | { readonly kind: 'down' }
  /** It is coming up or going down on somebody's behalf: wait. */
  | { readonly kind: 'changing'; readonly pid: number }
  /** It runs and whoever started it is gone, so nobody would stop it: to be stopped. */
  | { readonly kind: 'orphaned'; readonly pid: number }
  /** It runs and somebody looks after it: can be used as it is. */
  | {
      readonly kind: 'served';
      readonly pid: number;
      readonly owner: ProcessIdentity;
      readonly socketDirectory: string;
    };

export interface Evidence {
  readonly file: PostmasterFile | undefined;
  /** The process that the file names is this cluster's server. */
  readonly serves: boolean;
  /** The process that started it, if it still lives. */
  readonly owner: ProcessIdentity | undefined;
}

export function judge({ file, serves, owner }: Evidence): ServerState {
  if (!file || !serves) return { kind: 'down' };
  const { pid, status, socketDirectory } = file;
  if (status === 'stopping') return { kind: 'changing', pid };
  if (!owner) return { kind: 'orphaned', pid };
  if (status !== 'ready') return { kind: 'changing', pid };
  return { kind: 'served', pid, owner, socketDirectory };
}

export function lookAt(places: Places): ServerState {
  const file = readPostmasterFile(places.cluster);
  const owner = readOwner(places.owner);
  return judge({
    file,
    serves: file !== undefined && servesCluster(file.pid, places.cluster),
    owner: owner && isAlive(owner) ? owner : undefined,
  });
}
