// What the peers on Fastify have in common: request logs, the security headers of Gatehouse, a way to say that they
// are ready, and one to end.
import fastify from 'fastify';
import { pino } from 'pino';
import { securityHeaders } from '../../dist/common/http/security-headers.js';

/** The answer of GET /v1/users/me of Gatehouse: who is signed in at the peers, and with what they answer. */
export const me = JSON.parse(process.env.ME);

/** Written in the background and in batches of 4 KiB, as pino advises for production (docs/asynchronous.md). */
export const logFile = () =>
  pino({}, pino.destination({ dest: process.env.LOG_FILE, sync: false, minLength: 4096 }));

/** Made beforehand and set at once: less work than @fastify/helmet, which sends the same. */
export function sendSecurityHeaders(app) {
  const headers = securityHeaders(false);
  app.addHook('onRequest', (request, reply, done) => {
    reply.headers(headers);
    done();
  });
}

/** With the log that Fastify writes by itself: a line when a request comes, another when it was answered. */
export function createFastify(options = {}) {
  const app = fastify({ loggerInstance: logFile(), ...options });
  sendSecurityHeaders(app);
  app.get('/health/live', { logLevel: 'silent' }, () => ({ status: 'live' }));
  return app;
}

/** `ways`: how to ask who is signed in: `{ name, path, headers? }` each. */
export async function serve(app, ways) {
  await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
  report(() => app.close(), ways);
}

export function report(close, ways) {
  process.send({ ways });
  process.on('SIGTERM', () => Promise.resolve(close()).then(() => process.exit(0)));
}
