import type { Settings } from './config/settings.js';
import { Server } from './server.js';
import { type Listening, STOP } from './worker-messages.js';

/**
 * One of `WEB_CONCURRENCY` processes behind one port. Its parent has opened and migrated the database, and says when
 * it is over; without its parent a worker gets no more connections, and ends.
 */
export async function work(settings: Settings): Promise<void> {
  const asked = new Promise<void>((resolve) => {
    process.on('message', (message) => {
      if (message === STOP) resolve();
    });
    process.on('disconnect', resolve);
    process.on('SIGTERM', resolve);
  });
  // A terminal sends it to all of its processes; the parent decides.
  process.on('SIGINT', () => undefined);
  const server = await Server.make(settings, settings.databaseUrl ?? '');
  void asked.then(() => server.close()).finally(() => process.exit(0));
  process.send?.({ url: await server.listen() } satisfies Listening);
}
