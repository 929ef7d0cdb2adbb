import type { FastifyReply } from 'fastify';

/** A header block that is made once and sent as it is. */
export type HeaderBlock = Readonly<Record<string, string>>;

/**
 * What every answer carries: the headers of helmet 8, for an API that never serves a page of its own
 * (pages bring their own policy), and `no-store`, since nearly every answer is personal (ASVS 14.3.2).
 */
export function securityHeaders(https: boolean): HeaderBlock {
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

let store: symbol | undefined;

/**
 * Begins a reply with the whole block at once. Fastify would take each header by itself; where it keeps them
 * is found out once, and if it ever keeps them elsewhere, the slow way is taken.
 */
export function beginHeaders(
  reply: Pick<FastifyReply, 'headers'>,
  block: HeaderBlock,
  requestId: string,
): void {
  store ??= Object.getOwnPropertySymbols(reply).find(
    ({ description }) => description === 'fastify.reply.headers',
  );
  const headers = { ...block, 'x-request-id': requestId };
  if (store === undefined) reply.headers(headers);
  else (reply as unknown as Record<symbol, HeaderBlock>)[store] = headers;
}
