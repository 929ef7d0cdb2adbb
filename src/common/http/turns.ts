import type { FastifyInstance } from 'fastify';

const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/** How much begins in one turn of the event loop: one change, or so many of those whose route is `LIGHT`. */
const ROOM = 8;

/** `@RouteConfig(LIGHT)`: the change costs the event loop little before it waits for something. */
export const LIGHT = { light: true };

interface Change {
  readonly takes: number;
  readonly begin: () => void;
}

/**
 * A burst of changes (sign-ins, above all) holds up nobody who only reads: one of them begins in a turn of the event
 * loop, in the order in which they came, and what else has arrived goes between.
 */
export function takeTurns(server: FastifyInstance): void {
  const waiting: Change[] = [];
  let room = ROOM;
  const nextTurn = () => {
    room = ROOM;
    const now: Change[] = [];
    for (let [next] = waiting; next !== undefined && next.takes <= room; [next] = waiting) {
      room -= next.takes;
      now.push(next);
      waiting.shift();
    }
    if (now.length > 0) setImmediate(nextTurn);
    for (const { begin } of now) begin();
  };
  server.addHook('onRequest', ({ method, routeOptions }, _reply, begin) => {
    if (READING.has(method)) {
      begin();
      return;
    }
    const { light } = routeOptions.config as Partial<typeof LIGHT>;
    const takes = light ? 1 : ROOM;
    if (waiting.length > 0 || takes > room) {
      waiting.push({ takes, begin });
      return;
    }
    if (room === ROOM) setImmediate(nextTurn);
    room -= takes;
    begin();
  });
}
