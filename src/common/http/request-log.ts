import type { FastifyInstance } from 'fastify';
import type { AppLogger } from '../logger.js';

/**
 * One line a request: method, route as it is declared (never the address itself, which may hold personal
 * data), status, time in milliseconds, request id; who asked, when somebody was signed in.
 */
export function logRequests(server: FastifyInstance, logger: AppLogger): void {
  if (!logger.writesInfo) return;
  server.addHook('onResponse', (request, reply, done) => {
    const { principal } = request as { principal?: { readonly user: { readonly id: string } } };
    logger.line(
      {
        requestId: request.id,
        method: request.method,
        route: request.routeOptions.url ?? 'none',
        status: reply.statusCode,
        ms: Math.round(reply.elapsedTime * 10) / 10,
        userId: principal?.user.id,
      },
      'request',
    );
    done();
  });
}
