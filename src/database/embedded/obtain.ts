import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { findBinaries } from './binaries.js';
import { clusterExists, createCluster } from './cluster.js';
import { handOver } from './ownership.js';
import { PORT, type Places, ROLE, passwordFile } from './places.js';
import { type ProcessIdentity } from './process-identity.js';
import { retire } from './retire.js';
import { chooseRunAs } from './run-as.js';
import { serverArguments } from './server-options.js';
import { lookAt } from './server-state.js';
import { type Launch, NotYet, type Server, launch } from './server.js';
import { prepareSocketDirectory, socketDirectory } from './socket-directory.js';
import { withStartLock } from './start-lock.js';

export interface Wishes {
  readonly places: Places;
  readonly durable: boolean;
  readonly userNamespaces: boolean | undefined;
  readonly onLog: (message: string) => void;
}

/** A running database and who looks after it. */
export interface Tenure {
  readonly url: string;
  readonly pid: number;
  /** The server, if it is this process that has started it; else whoever has. */
  readonly keeper: Server | ProcessIdentity;
}

const PATIENCE = 60_000;

/** Finds the database running, or gets it to run. One process at a time decides. */
export function obtain(wishes: Wishes): Promise<Tenure> {
  return withStartLock(wishes.places.lock, () => settle(wishes));
}

async function settle(wishes: Wishes): Promise<Tenure> {
  const { places, onLog } = wishes;
  const deadline = performance.now() + PATIENCE;
  while (performance.now() < deadline) {
    const state = lookAt(places);
    switch (state.kind) {
      case 'served':
        return { pid: state.pid, keeper: state.owner, url: urlOf(places, state.socketDirectory) };
      case 'orphaned':
        onLog('Stopping the database that an earlier process has left running …');
        await retire(state.pid, places.cluster);
        break;
      case 'changing':
        await sleep(50);
        break;
      case 'down': {
        const tenure = await start(wishes);
        if (tenure) return tenure;
        await sleep(100);
      }
    }
  }
  throw new Error('Another process keeps the database busy: it neither comes up nor goes down.');
}

async function start(wishes: Wishes): Promise<Tenure | undefined> {
  const { places } = wishes;
  const prepared = await prepare(wishes);
  try {
    const server = await launch(prepared);
    return { pid: server.pid, keeper: server, url: urlOf(places, prepared.socketDirectory) };
  } catch (error) {
    if (error instanceof NotYet) return undefined;
    throw error;
  }
}

async function prepare({ places, durable, userNamespaces, onLog }: Wishes): Promise<Launch> {
  const { cluster, root } = places;
  const binaries = findBinaries();
  const exists = clusterExists(cluster, binaries.major);
  const runAs = chooseRunAs({ root, postgres: binaries.postgres, userNamespaces });
  if (exists) {
    handOver(cluster, runAs.owner);
  } else {
    onLog('Creating the database (first start only) …');
    await createCluster({ places, binaries, runAs, durable });
  }
  const socket = socketDirectory(cluster);
  if (socket !== cluster) prepareSocketDirectory(socket, runAs.owner);
  const command = [binaries.postgres, ...serverArguments(cluster, socket, durable)];
  return { places, runAs, command, socketDirectory: socket };
}

function urlOf({ cluster }: Places, directory: string): string {
  const file = passwordFile(cluster);
  try {
    const password = readFileSync(file, 'utf8').trim();
    return `postgres://${ROLE}:${password}@${encodeURIComponent(directory)}:${String(PORT)}/${ROLE}`;
  } catch (cause) {
    throw new Error(`The password of the embedded database cannot be read from ${file}.`, {
      cause,
    });
  }
}
