import { compare } from '../lib/compare.mjs';
import { startGatehouse } from '../lib/gatehouse.mjs';
import { start, stop } from '../lib/load.mjs';

const bare = (file, port) =>
  start([process.execPath, `bench/servers/${file}`], {
    env: { PORT: `${port}` },
    url: `http://127.0.0.1:${port}/health/live`,
  });

const ABOUT =
  'A public route, with the log line of the request and the security headers, against bare NestJS on Fastify with the same answer.';

/**
 * A public route with request logs and security headers on, against bare NestJS on Fastify with the same
 * answer. The bar is 0.65.
 */
export async function publicRoute() {
  const nest = await bare('bare-nest.mjs', 4101);
  const fastify = await bare('raw-fastify.mjs', 4102);
  const gatehouse = await startGatehouse({ port: 4103 });
  try {
    const result = compare([
      { name: 'bare NestJS on Fastify', url: 'http://127.0.0.1:4101/health/live' },
      { name: 'raw Fastify', url: 'http://127.0.0.1:4102/health/live' },
      {
        name: 'Gatehouse, public route',
        url: `${gatehouse.base}/health/live`,
        bar: { atLeast: 0.65 },
      },
    ]);
    console.log(`Memory of the server afterwards: ${Math.round(gatehouse.memory())} MB`);
    return { about: ABOUT, ...result, memoryMb: Math.round(gatehouse.memory()) };
  } finally {
    await Promise.all([stop(nest), stop(fastify), gatehouse.stop()]);
  }
}
