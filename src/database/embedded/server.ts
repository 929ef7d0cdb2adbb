import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { recordOwner } from './owner-file.js';
import { type Places } from './places.js';
import { clearRemains, readPostmasterFile, servesCluster } from './postmaster-file.js';
import { CHILD_ENVIRONMENT, type RunAs } from './run-as.js';
import { lastWords, lengthOf, openLog, readSince } from './server-log.js';

/** A server that this process has started. */
export interface Server {
  readonly pid: number;
  /** False once the watchdog, and with it the server, has ended. */
  readonly watched: boolean;
  /** Ends its connections and stops it cleanly. */
  stop(): Promise<void>;
}

export interface Launch {
  readonly places: Places;
  readonly runAs: RunAs;
  readonly socketDirectory: string;
  /** The server's program and its arguments. */
  readonly command: readonly string[];
}

/** Another server process is still at it; trying again shortly will help. */
export class NotYet extends Error {}

/**
 * The shell that runs the server ends with it; and its guard stops the server as soon as standard input closes,
 * which the system does for us however we end, `kill -9` included. Asked again each second because a server that
 * is only just starting does not hear it; after twenty, no longer politely.
 */
const WATCHDOG = `
exec 3<&0
"$@" </dev/null 3<&- & server=$!
( cat <&3 >/dev/null; n=0
  while [ $n -lt 20 ]; do kill -INT $server || exit; sleep 1; n=$((n+1)); done
  kill -QUIT $server ) 2>/dev/null & guard=$!
exec 3<&- </dev/null
wait $server
kill $guard 2>/dev/null
exit 0`;

/** Starts the server; call it only while nobody serves the cluster. */
export async function launch(options: Launch): Promise<Server> {
  const { places } = options;
  clearRemains(places.cluster, options.socketDirectory);
  const log = openLog(places.log);
  const logged = lengthOf(log);
  const disown = recordOwner(places.owner);
  const child = spawnWatchdog(options, log);
  closeSync(log);
  const watch = { ended: false };
  const end = new Promise<void>((resolve) => {
    const ended = (): void => {
      watch.ended = true;
      child.stdin?.destroy(); // should the guard have outlived the shell, it stops the server now
      disown();
      resolve();
    };
    child.once('exit', ended).once('error', ended);
  });
  const pid = await untilReady(places.cluster, watch);
  if (pid === undefined) throw failure(readSince(places.log, logged), places.log);
  return {
    pid,
    get watched() {
      return !watch.ended;
    },
    async stop() {
      if (!watch.ended) child.ref();
      child.stdin?.destroy();
      await end;
    },
  };
}

/** In a process group of its own, so that Ctrl-C reaches us alone; and nothing we would have to wait for. */
function spawnWatchdog({ runAs, command }: Launch, log: number): ChildProcess {
  const words = ['-c', WATCHDOG, 'gatehouse-watchdog', ...runAs.prefix, ...command];
  const child = spawn('/bin/sh', words, {
    ...runAs.ids,
    env: CHILD_ENVIRONMENT,
    cwd: '/',
    detached: true,
    stdio: ['pipe', log, log],
  });
  child.unref();
  child.stdin?.on('error', () => undefined);
  if (child.stdin instanceof Socket) child.stdin.unref();
  return child;
}

async function untilReady(
  cluster: string,
  watch: { readonly ended: boolean },
): Promise<number | undefined> {
  while (!watch.ended) {
    const file = readPostmasterFile(cluster);
    if (file?.status === 'ready' && servesCluster(file.pid, cluster)) return file.pid;
    await sleep(10);
  }
  return undefined;
}

function failure(logged: string, path: string): Error {
  const words = lastWords(logged);
  if (/already exists|shared memory block/.test(words)) return new NotYet(words);
  return new Error(`The database did not start. Its log (${path}) says:\n${words}`);
}
