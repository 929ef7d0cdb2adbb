import type { FastifyInstance } from 'fastify';

const texts = new WeakMap<object, string>();

/**
 * Makes the JSON of what is sent often beforehand, and freezes it, so that the two cannot differ. Flat: nothing in it
 * may be an object of its own.
 */
export function prepareJson<T extends object>(value: T): Readonly<T> {
  texts.set(value, JSON.stringify(value));
  return Object.freeze(value);
}

/**
 * Sends such a text where an answer is just that. Whatever else is sent goes its usual way, by the response schema of its
 * route if that has one; an interceptor that makes another of it, too.
 */
export function sendPreparedJson(server: FastifyInstance): void {
  server.addHook('preSerialization', (_request, reply, payload, done) => {
    const text = typeof payload === 'object' && payload !== null ? texts.get(payload) : undefined;
    if (text !== undefined) reply.serializer(() => text);
    done(null, payload);
  });
}
