import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { clientErrorHandler } from './common/http/client-error.js';
import { readJsonBody } from './common/http/json-body.js';
import { requestIds } from './common/http/request-id.js';
import { logRequests } from './common/http/request-log.js';
import { type HeaderBlock, securityHeaders } from './common/http/security-headers.js';
import type { AppLogger } from './common/logger.js';
import type { ProblemFilter, ProblemReply } from './common/problem.filter.js';
import type { Settings } from './config/settings.js';

const KIB = 1024;

/** A reply to a request that no route was found for, since its address could not be read. */
interface EarlyReply extends ProblemReply {
  headers(values: HeaderBlock): this;
}

/** Fastify, strict: JSON only, bounded in size and time, the same shape for every failure. */
export function createHttpAdapter(
  settings: Settings,
  logger: AppLogger,
  filter: ProblemFilter,
): FastifyAdapter {
  const headers = securityHeaders(settings.publicUrl.startsWith('https://'));
  const adapter = new FastifyAdapter({
    // A number of hops, never "all"; Fastify's types forget that it may be one.
    trustProxy: (settings.trustProxy === 0 ? false : settings.trustProxy) as boolean,
    bodyLimit: 64 * KIB,
    requestTimeout: 30_000,
    keepAliveTimeout: 65_000,
    http: { maxHeaderSize: 16 * KIB, headersTimeout: 15_000, connectionsCheckingInterval: 5000 },
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    genReqId: requestIds(settings.trustProxy > 0),
    routerOptions: { maxParamLength: 200 },
    logger: false,
    clientErrorHandler: clientErrorHandler(settings.publicUrl),
    frameworkErrors: answerEarly(filter, headers),
    // Nothing of ours is Express middleware, and doing without it is faster.
    skipMiddie: true,
  });
  const server = adapter.getInstance<FastifyInstance>();
  readJsonOnly(server);
  server.addHook('onRequest', (request, reply, done) => {
    void reply.headers(headers).header('x-request-id', request.id);
    done();
  });
  logRequests(server, logger);
  return adapter;
}

/** For requests that fail before a route is found. Cast: Fastify's type names every way it can be set up. */
function answerEarly(filter: ProblemFilter, headers: HeaderBlock): never {
  return ((error: unknown, request: { id: string }, reply: EarlyReply): void => {
    reply.headers(headers).header('x-request-id', request.id);
    filter.answer(error, request, reply);
  }) as never;
}

/** Fastify's own parsers go: theirs quote the body in their messages and read text, too. */
function readJsonOnly(server: FastifyInstance): void {
  server.removeAllContentTypeParsers();
  server.addContentTypeParser(
    'application/json',
    { parseAs: 'buffer' },
    (request, body: Buffer, done) => {
      try {
        done(null, readJsonBody(request.headers['content-type'], body));
      } catch (error) {
        done(error as Error);
      }
    },
  );
}
