import type { Server } from 'node:http';
import type { Socket } from 'node:net';

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
