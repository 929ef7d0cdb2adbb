import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { AppLogger } from '../logger.js';

const INFO = 30;

/**
 * One line a request: method, route as it is declared (never the address itself, which may hold personal
 * data), status, time in milliseconds, request id; who asked, when somebody was signed in, and by which key. Put together by
 * hand, since it is written for every request: no part of it is text that a caller chose.
 */
export function logRequests(
  server: FastifyInstance,
  logger: AppLogger,
  traceIdOf?: (request: FastifyRequest) => string | undefined,
): void {
  if (!logger.writesInfo) return;
  // Fastify puts `routeOptions` together anew each time; an address without parameters is its own route.
  server.addHook('onRoute', ({ url }) => {
    if (!/[:*]/.test(url)) routes.set(url, JSON.stringify(url));
  });
  const traceOf = (request: FastifyRequest) => `,"traceId":"${traceIdOf?.(request) ?? ''}"`;
  server.addHook('onResponse', (request, reply, done) => {
    logger.raw(requestLine(request, reply, traceIdOf === undefined ? '' : traceOf(request)));
    done();
  });
}

type LoggedRequest = Pick<FastifyRequest, 'id' | 'method' | 'url' | 'routeOptions'> & {
  readonly principal?: { readonly user: { readonly id: string }; readonly apiKeyId?: string };
};

export function requestLine(
  request: LoggedRequest,
  { statusCode, elapsedTime }: Pick<FastifyReply, 'statusCode' | 'elapsedTime'>,
  trace = '',
): string {
  const { id, method, principal } = request;
  const route = routes.get(request.url) ?? quoted(request.routeOptions.url);
  const ms = Math.round(elapsedTime * 10) / 10;
  const who = principal === undefined ? '' : whoOf(principal);
  return `{"level":${INFO},"time":"${timestamp()}","requestId":"${id}","method":"${method}","route":${route},"status":${statusCode},"ms":${ms}${who}${trace},"msg":"request"}\n`;
}

const whoOf = ({ user, apiKeyId }: NonNullable<LoggedRequest['principal']>): string =>
  apiKeyId === undefined
    ? `,"userId":"${user.id}"`
    : `,"userId":"${user.id}","apiKeyId":"${apiKeyId}"`;

const routes = new Map<string | undefined, string>();

/** The declared routes are few; undefined: there is none. */
function quoted(route: string | undefined): string {
  let text = routes.get(route);
  if (text === undefined) {
    text = JSON.stringify(route ?? 'none');
    routes.set(route, text);
  }
  return text;
}

let lastMillis = 0;
let lastText = '';

/** ISO 8601, made once a millisecond. */
function timestamp(): string {
  const millis = Date.now();
  if (millis !== lastMillis) {
    lastMillis = millis;
    lastText = new Date(millis).toISOString();
  }
  return lastText;
}
