import cluster from 'node:cluster';
import { createHash, timingSafeEqual } from 'node:crypto';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { collectDefaultMetrics, Registry } from 'prom-client';
import { ServiceUnavailable } from '../common/failures.js';
import type { Settings } from '../config/settings.js';
import { metricsOfAll } from './all-workers.js';
import { showServices } from './gauges.js';
import { measureRequests } from './request-times.js';

/**
 * `/metrics` for Prometheus, of all workers together. Beside the door: it knows no users, only who scrapes. Without the
 * token it is not there (ASVS 13.4.5); without `METRICS_TOKEN` nothing is measured either.
 */
export function serveMetrics(app: NestFastifyApplication, { metricsToken }: Settings): void {
  if (metricsToken === undefined) return;
  const server = app.getHttpAdapter().getInstance();
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  measureRequests(server, registry);
  showServices(app, registry);
  const read = cluster.isWorker ? metricsOfAll(registry) : () => registry.metrics();
  const wanted = digest(`Bearer ${metricsToken}`);
  server.get('/metrics', async ({ headers }, reply) => {
    const shown = digest(headers.authorization ?? '');
    if (!timingSafeEqual(shown, wanted)) {
      reply.callNotFound();
      return reply;
    }
    const text = await read();
    if (text === undefined) throw new ServiceUnavailable({ retryAfter: 5 });
    return reply.type(registry.contentType).send(text);
  });
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
