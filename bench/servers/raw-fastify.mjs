// Fastify as it comes: the limit of what is built on it.
import fastify from 'fastify';

const app = fastify();
app.get('/health/live', () => ({ status: 'live' }));
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
process.on('SIGTERM', () => app.close().then(() => process.exit(0)));
