import type { IncomingMessage } from 'node:http';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import { MalformedRequest, UnsupportedMediaType } from './common/failures.js';
import { clientErrorHandler } from './common/http/client-error.js';
import { readJsonBody } from './common/http/json-body.js';
import { sendPreparedJson } from './common/http/prepared-json.js';
import { PreparedResponse } from './common/http/prepared-response.js';
import { requestIds } from './common/http/request-id.js';
import { logRequests } from './common/http/request-log.js';
import {
  type HeaderBlock,
  headerStarter,
  securityHeaders,
} from './common/http/security-headers.js';
import { takeTurns } from './common/http/turns.js';
import type { AppLogger } from './common/logger.js';
import type { ProblemFilter, ProblemReply } from './common/problem.filter.js';
import type { Settings } from './config/settings.js';
import { refuseGarbageKeys } from './garbage-keys.js';
import type { RequestSpans } from './tracing/requests.js';

const KIB = 1024;

/** A reply to a request that no route was found for, since its address could not be read. */
interface EarlyReply extends ProblemReply {
  headers(values: HeaderBlock): this;
}

/** Fastify, strict: JSON only (but for the forms of providers), bounded in size and time, the same shape for every failure. */
export function createHttpAdapter(
  settings: Settings,
  logger: AppLogger,
  filter: ProblemFilter,
  spans?: RequestSpans,
): FastifyAdapter {
  const headers = securityHeaders(settings.publicUrl.startsWith('https://'));
  const adapter = new FastifyAdapter({
    trustProxy: settings.trustProxy > 0 && trustHops(settings.trustProxy),
    bodyLimit: 64 * KIB,
    requestTimeout: 30_000,
    keepAliveTimeout: 65_000,
    http: {
      ServerResponse: PreparedResponse,
      maxHeaderSize: 16 * KIB,
      headersTimeout: 15_000,
      connectionsCheckingInterval: 5000,
      requireHostHeader: false, // Node's own refusal is no problem document; see `isHostless`
    },
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    genReqId: requestIds(settings.trustProxy > 0),
    routerOptions: { maxParamLength: 200 },
    logger: false,
    clientErrorHandler: clientErrorHandler(settings.publicUrl, headers),
    frameworkErrors: answerEarly(filter, headers),
    // Nothing of ours is Express middleware, and doing without it is faster.
    skipMiddie: true,
  });
  const server = adapter.getInstance<FastifyInstance>();
  spans?.follow(server);
  readJsonOnly(server);
  readFormsOfProviders(server);
  // With CORS, there are headers already.
  beginAnswers(server, headerStarter(headers, settings.corsOrigins.length === 0));
  meetExpectations(server);
  refuseGarbageKeys(server.server, settings, headers, logger);
  logRequests(server, logger, spans && ((request) => spans.traceIdOf(request)));
  takeTurns(server);
  sendPreparedJson(server);
  return adapter;
}

/** A number of hops, never "all". Fastify itself takes a plain number for none since 5.12.8. */
const trustHops = (hops: number) => (_address: string, hop: number) => hop < hops;

function beginAnswers(server: FastifyInstance, start: ReturnType<typeof headerStarter>): void {
  server.addHook('onRequest', (request, reply, done) => {
    start(reply, request.id);
    done(isHostless(request.raw) ? new MalformedRequest() : undefined);
  });
}

/** RFC 9112, 3.2. */
const isHostless = ({ httpVersion, headers }: IncomingMessage): boolean =>
  httpVersion === '1.1' && headers.host === undefined;

/** An `Expect` other than 100-continue is ignored (RFC 9110, 10.1.1): Node's own 417 has no body. */
function meetExpectations({ server }: FastifyInstance): void {
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
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
        if (request.headers['content-encoding'] !== undefined) throw new UnsupportedMediaType();
        done(null, readJsonBody(request.headers['content-type'], body));
      } catch (error) {
        done(error as Error);
      }
    },
  );
}

/** Where a provider lets the browser bring a form (`response_mode=form_post`), and nowhere else. */
const BY_FORM = '/v1/auth/social/:provider/callback';

function readFormsOfProviders(server: FastifyInstance): void {
  server.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string', bodyLimit: 16 * KIB },
    (request, body, done) => {
      if (request.routeOptions.url !== BY_FORM) done(new UnsupportedMediaType());
      else done(null, new URLSearchParams(String(body)));
    },
  );
}
