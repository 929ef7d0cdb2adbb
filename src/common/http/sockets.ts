import type { Server, ServerResponse } from 'node:http';
import { Server as NetServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const open = new WeakMap<Server, Set<Socket>>();

/** Keeps the connections that are no longer HTTP: Node's server forgets them, yet waits for them when it is to end. */
export function keepSockets(server: Server): void {
  if (server.listenerCount('upgrade') === 0) return; // whoever listens decides that there are any
  const sockets = new Set<Socket>();
  open.set(server, sockets);
  server.on('upgrade', (_request, socket: Socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
}

/** Ends them: they would never end by themselves, and whoever is there comes back elsewhere. */
export function hangUp(server: Server): void {
  for (const socket of open.get(server) ?? []) socket.destroySoon();
}

/** Milliseconds that an open connection has for one more request. */
const ONE_MORE = 1000;
const LOOK_EVERY = 50;

/**
 * Takes no connection any more, and ends each that is open with the answer to its next request: to close it while it
 * is idle would cut off whoever is sending one at that moment. What stays idle is left to the caller.
 */
export async function sendElsewhere(server: Server): Promise<void> {
  if (!server.listening) return;
  server.prependListener('request', (_request, response: ServerResponse) => {
    response.shouldKeepAlive = false;
  });
  // That of HTTP would close the idle ones.
  NetServer.prototype.close.call(server);
  const until = performance.now() + ONE_MORE;
  while (performance.now() < until && (await connectionsOf(server)) > 0) await sleep(LOOK_EVERY);
}

const connectionsOf = (server: Server): Promise<number> =>
  new Promise((resolve, reject) => {
    server.getConnections((error, count) => {
      if (error) reject(error);
      else resolve(count);
    });
  });
