import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import { InvalidToken } from './access/access.errors.js';
import { ApiKey } from './api-keys/api-key.js';
import { canPrepare, PreparedResponse } from './common/http/prepared-response.js';
import { requestIds } from './common/http/request-id.js';
import type { HeaderBlock } from './common/http/security-headers.js';
import type { AppLogger } from './common/logger.js';
import { challenge } from './common/problem.filter.js';
import { PROBLEM_TYPE, toProblem } from './common/problem.js';
import type { Settings } from './config/settings.js';

/** Milliseconds between two lines about it in the log. */
const INTERVAL = 1000;
/** Stands for the id of the request where the answer is made beforehand. */
const ID = '00000000';

type Listener = (request: IncomingMessage, response: ServerResponse) => void;

/**
 * Refuses what cannot be an API key (its checksum says so) before anything is routed or looked up: with the very answer
 * that the door gives, made beforehand. A flood of them, from a scanner or a broken client, costs next to nothing; the
 * log is told of it once a second. What shows another credential beside it, a page of a browser, and a key that might be
 * one go on to the door, as everything does where Node sends no prepared lines.
 */
export function refuseGarbageKeys(
  server: Server,
  settings: Settings,
  headers: HeaderBlock,
  logger: AppLogger,
): void {
  if (!canPrepare) return;
  const { environment } = settings.apiKeys;
  const nextId = requestIds(settings.trustProxy > 0);
  const vary: HeaderBlock = settings.corsOrigins.length > 0 ? { vary: 'Origin' } : {};
  const answer = preparedAnswer(settings.publicUrl, { ...headers, ...vary });
  const log = countedLog(logger);
  const listeners = server.listeners('request') as Listener[];
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const key = loneKey(request.headers);
    const isGarbage = key !== undefined && !ApiKey.isSound(environment, key);
    if (!isGarbage || !(response instanceof PreparedResponse)) {
      for (const listener of listeners) listener.call(server, request, response);
      return;
    }
    answer(response as PreparedResponse, nextId(request));
    log();
  });
}

/** Node joins two of the same with a comma, which is in no key: the door says that there are two. */
function loneKey(headers: IncomingHttpHeaders): string | undefined {
  const key = headers['x-api-key'];
  if (typeof key !== 'string') return undefined;
  if (headers.authorization !== undefined || headers.origin !== undefined) return undefined;
  return key.includes(',') ? undefined : key;
}

function preparedAnswer(publicUrl: string, headers: HeaderBlock) {
  const problem = toProblem(new InvalidToken(), publicUrl, ID);
  const [before = '', after = ''] = JSON.stringify(problem).split(ID);
  const lines = Object.entries({
    ...headers,
    'content-type': PROBLEM_TYPE,
    'www-authenticate': challenge(problem.code),
  }).map(([name, value]) => `${name}: ${value}\r\n`);
  const start = `${lines.join('')}x-request-id: `;
  return (response: PreparedResponse, id: string): void => {
    response.statusCode = problem.status;
    response.prepared = `${start}${id}\r\n`;
    response.end(before + id + after);
  };
}

/** A line for each would cost more than the answer. */
function countedLog(logger: AppLogger): () => void {
  let count = 0;
  return () => {
    count += 1;
    if (count > 1) return;
    setTimeout(() => {
      const refused = count;
      count = 0;
      logger.log(`Requests with API keys that are none: ${refused}`, 'ApiKeys');
    }, INTERVAL).unref();
  };
}
