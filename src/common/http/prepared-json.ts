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

/** Sends such a text where an answer is just that; an interceptor that makes another of it is served as always. */
export function sendPreparedJson(server: FastifyInstance): void {
  server.setReplySerializer((payload: unknown) => preparedFor(payload) ?? JSON.stringify(payload));
}

const preparedFor = (payload: unknown): string | undefined =>
  typeof payload === 'object' && payload !== null ? texts.get(payload) : undefined;
