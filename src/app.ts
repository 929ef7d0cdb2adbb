import type { DynamicModule, ModuleMetadata } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { type FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { AuthenticationGuard } from './auth/authentication.guard.js';
import { MessageHandlers } from './auth/message-handlers.js';
import { RefusalPace } from './common/http/refusal-pace.js';
import { hangUp, keepSockets, sendElsewhere } from './common/http/sockets.js';
import type { AppLogger } from './common/logger.js';
import { ProblemFilter } from './common/problem.filter.js';
import { ValidationPipe } from './common/validation.js';
import type { Settings } from './config/settings.js';
import { translateDatabaseError } from './database/database-errors.js';
import { serveDocs } from './docs/serve-docs.js';
import { createHttpAdapter } from './http-adapter.js';
import { serveMetrics } from './metrics/serve-metrics.js';
import { Traces } from './tracing/traces.js';

export interface AppOptions {
  readonly settings: Settings;
  readonly databaseUrl: string;
  readonly logger: AppLogger;
  /** Modules beside ours. */
  readonly imports?: ModuleMetadata['imports'];
  /** How the application is made of its module; tests override providers here. */
  readonly build?: Builder;
  /** Called before it is initialised: the place of a WebSocket adapter. */
  readonly prepare?: (app: NestFastifyApplication) => void;
}

export type Builder = (
  module: DynamicModule,
  adapter: FastifyAdapter,
  logger: AppLogger,
) => Promise<NestFastifyApplication>;

const buildWithNest: Builder = (module, adapter, logger) =>
  NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger,
    abortOnError: false,
    bodyParser: false,
  });

/** The application, ready to listen: the one that runs and the one that is tested. */
export async function createApp(options: AppOptions): Promise<NestFastifyApplication> {
  const { settings, databaseUrl, logger, imports, build = buildWithNest, prepare } = options;
  const pace = new RefusalPace(settings.limits.refusalPause);
  const filter = new ProblemFilter(settings.publicUrl, logger, [translateDatabaseError], pace);
  const traces = await Traces.begin(settings, logger);
  const adapter = createHttpAdapter(settings, logger, filter, traces?.requests);
  const app = await build(AppModule.with(settings, databaseUrl, imports), adapter, logger);
  if (traces !== undefined) traced.set(app, traces);
  if (settings.corsOrigins.length > 0) app.enableCors(corsOptions(settings));
  const [guard, pipe] = [app.get(AuthenticationGuard), new ValidationPipe()];
  app.useGlobalGuards(guard);
  app.useGlobalPipes(pipe);
  app.useGlobalFilters(filter);
  app.get(MessageHandlers).protect({ guard, pipe, filter });
  serveDocs(app, settings);
  serveMetrics(app, settings);
  prepare?.(app);
  await app.init();
  keepSockets(app.getHttpServer());
  await app.getHttpAdapter().getInstance().ready();
  return app;
}

const traced = new WeakMap<NestFastifyApplication, Traces>();

/** The last to end, for what others do while they end is traced, too. */
export async function endTraces(app: NestFastifyApplication): Promise<void> {
  await traced.get(app)?.end();
}

type OriginCallback = (error: null, allowed: boolean) => void;

/** Other origins get no CORS header at all, and an OPTIONS that is no preflight is like any other request. */
const corsOptions = ({ corsOrigins }: Settings) => ({
  origin: (origin: string | undefined, callback: OriginCallback) => {
    callback(null, origin !== undefined && corsOrigins.includes(origin));
  },
  strictPreflight: false,
  credentials: true,
  methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
  allowedHeaders: ['Authorization', 'Content-Type', 'X-XSRF-TOKEN'],
  exposedHeaders: ['RateLimit', 'RateLimit-Policy', 'Retry-After', 'X-Request-Id'],
  maxAge: 600,
});

/**
 * Lets the requests under way end, for at most `SHUTDOWN_TIMEOUT` seconds, and only then takes away what
 * they need. Whoever is still connected is told to come back elsewhere (`Connection: close`).
 */
export async function closeApp(app: NestFastifyApplication, settings: Settings): Promise<void> {
  const server = app.getHttpServer();
  hangUp(server);
  const bound = setTimeout(() => {
    server.closeAllConnections();
  }, settings.shutdownTimeout * 1000);
  await sendElsewhere(server);
  // Node closes connections that are idle now; those whose request is under way become idle later.
  const sweep = setInterval(() => {
    server.closeIdleConnections();
  }, 50);
  await app.getHttpAdapter().close();
  clearInterval(sweep);
  clearTimeout(bound);
  await app.close();
  await endTraces(app);
}
