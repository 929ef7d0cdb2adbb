import type { FastifyInstance } from 'fastify';
import { Histogram, type Registry } from 'prom-client';
import { KNOWN_METHODS } from '../common/http/methods.js';

/** Seconds. */
const BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** How long requests took, by method, route as it is declared, and status: nothing of it is text that a caller chose. */
export function measureRequests(server: FastifyInstance, registry: Registry): void {
  const times = new Histogram({
    name: 'gatehouse_http_request_duration_seconds',
    help: 'From the first byte of a request to the last of its answer.',
    labelNames: ['method', 'route', 'status'],
    buckets: BUCKETS,
    registers: [registry],
  });
  server.addHook('onResponse', ({ method, routeOptions }, { statusCode, elapsedTime }, done) => {
    const route = routeOptions.url ?? 'none';
    times.observe({ method: known(method), route, status: statusCode }, elapsedTime / 1000);
    done();
  });
}

const known = (method: string): string => (KNOWN_METHODS.has(method) ? method : 'other');
