import type { AddressInfo } from 'node:net';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { closeApp, createApp } from './app.js';
import { AppLogger } from './common/logger.js';
import type { Settings } from './config/settings.js';
import { Readiness } from './health/readiness.js';

/** What answers requests, in a process of its own. */
export class Server {
  private constructor(
    private readonly app: NestFastifyApplication,
    private readonly settings: Settings,
    private readonly logger: AppLogger,
  ) {}

  /** Made, not yet listening. */
  static async make(settings: Settings, databaseUrl: string): Promise<Server> {
    const logger = new AppLogger({
      level: settings.logLevel,
      format: settings.logFormat ?? (process.stdout.isTTY ? 'pretty' : 'json'),
    });
    return new Server(await createApp({ settings, databaseUrl, logger }), settings, logger);
  }

  /** Where it can be reached. */
  async listen(): Promise<string> {
    await this.app.listen(this.settings.port, this.settings.host);
    const { port } = this.app.getHttpServer().address() as AddressInfo;
    return this.settings.publicUrl.replace(/:0$/, `:${String(port)}`);
  }

  /** Serves the requests under way and takes no more. */
  async close(): Promise<void> {
    this.app.get(Readiness, { strict: false }).leave();
    await closeApp(this.app, this.settings);
    this.logger.flush();
  }
}
