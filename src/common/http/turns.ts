import type { FastifyInstance } from 'fastify';

/** Requests that may begin in one turn of the event loop. */
const MOST = 2;
const READING = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * A burst of changes (sign-ins, above all) holds up nobody who only reads: no more than so many of them begin in one
 * turn of the event loop, in the order in which they came, and what else has arrived goes between.
 */
export function takeTurns(server: FastifyInstance): void {
  const waiting: (() => void)[] = [];
  let begun = 0;
  const nextTurn = () => {
    const now = waiting.splice(0, MOST);
    begun = now.length;
    if (begun > 0) setImmediate(nextTurn);
    for (const begin of now) begin();
  };
  server.addHook('onRequest', ({ method }, _reply, done) => {
    if (READING.has(method)) {
      done();
      return;
    }
    if (begun === MOST) {
      waiting.push(done);
      return;
    }
    if (begun === 0) setImmediate(nextTurn);
    begun += 1;
    done();
  });
}
