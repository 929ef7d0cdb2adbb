import type { FastifyReply } from 'fastify';
import { canPrepare, PreparedResponse } from './prepared-response.js';

/** A header block that is made once and sent as it is. */
export type HeaderBlock = Readonly<Record<string, string>>;

type SecurityHeaders = HeaderBlock &
  Readonly<Record<'cache-control' | 'content-security-policy', string>>;

/**
 * What every answer carries: the headers of helmet 8, for an API that never serves a page of its own
 * (pages bring their own policy), and `no-store`, since nearly every answer is personal (ASVS 14.3.2).
 */
export function securityHeaders(https: boolean): SecurityHeaders {
  return Object.freeze({
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'origin-agent-cluster': '?1',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-dns-prefetch-control': 'off',
    'x-download-options': 'noopen',
    'x-frame-options': 'DENY',
    'x-permitted-cross-domain-policies': 'none',
    'x-xss-protection': '0',
    ...(https && { 'strict-transport-security': 'max-age=31536000; includeSubDomains' }),
  });
}

/** Pages and public answers have values of their own for these. */
const VARYING: ReadonlySet<string> = new Set(['cache-control', 'content-security-policy']);

const preparedLines = (block: HeaderBlock): string =>
  Object.entries(block)
    .filter(([name]) => !VARYING.has(name))
    .map(([name, value]) => `${name}: ${value}\r\n`)
    .join('');

type StartHeaders = (reply: Pick<FastifyReply, 'headers' | 'raw'>, requestId: string) => void;

let store: symbol | undefined;

/**
 * Begins replies with the whole block: what never varies as lines made beforehand, the rest at once. Fastify
 * would take each header by itself; where it keeps them is found out once. Should Node or Fastify ever keep
 * them elsewhere, or the response be another (`inject`), the slow way is taken.
 */
export function headerStarter(block: SecurityHeaders, replace: boolean): StartHeaders {
  const prepared = preparedLines(block);
  const { 'cache-control': caching, 'content-security-policy': policy } = block;
  return (reply, requestId) => {
    const { raw } = reply;
    if (!canPrepare || !(raw instanceof PreparedResponse)) {
      reply.headers({ ...block, 'x-request-id': requestId });
      return;
    }
    raw.prepared = prepared;
    const headers = {
      'cache-control': caching,
      'content-security-policy': policy,
      'x-request-id': requestId,
    };
    store ??= Object.getOwnPropertySymbols(reply).find(
      ({ description }) => description === 'fastify.reply.headers',
    );
    if (store === undefined || !replace) reply.headers(headers);
    else (reply as unknown as Record<symbol, HeaderBlock>)[store] = headers;
  };
}
