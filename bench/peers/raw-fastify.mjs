// Fastify with request logs and security headers on, and nobody asked for: the limit of what is built on it. Once with
// its own log, which writes two lines a request, and once (LINES=1) with one line that says what Gatehouse's says.
import { LogController } from 'fastify';
import { createFastify, me, serve } from './serve.mjs';

const oneLine = process.env.LINES === '1';
const app = createFastify(
  oneLine ? { logController: new LogController({ disableRequestLogging: true }) } : {},
);
if (oneLine) {
  app.addHook('onResponse', (request, reply, done) => {
    const { id, method, routeOptions } = request;
    const ms = Math.round(reply.elapsedTime * 10) / 10;
    const { statusCode: status } = reply;
    app.log.info({ requestId: id, method, route: routeOptions.url, status, ms }, 'request');
    done();
  });
}
app.get('/me', () => me);
const name = oneLine ? 'raw Fastify, headers, one log line' : 'raw Fastify, headers and logs';
await serve(app, [{ name, path: '/me', open: true }]);
