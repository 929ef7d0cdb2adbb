import type { Quota } from './quota.js';

/** As much of a reply as headers need. */
export interface HeaderReply {
  header(name: string, value: string): unknown;
  getHeader(name: string): unknown;
}

/** draft-ietf-httpapi-ratelimit-headers, section 3. */
export function announcePolicy(reply: HeaderReply, { name, limit, window }: Quota): void {
  announce(reply, 'ratelimit-policy', name, `q=${limit};w=${window}`);
}

/** Section 4 of the same. */
export function announceLeft(
  reply: HeaderReply,
  name: string,
  left: number,
  seconds: number,
): void {
  announce(reply, 'ratelimit', name, `r=${left};t=${seconds}`);
}

/** Beside those of other quotas: a key with a limit may call a route with one. */
function announce(reply: HeaderReply, header: string, name: string, said: string): void {
  const before = reply.getHeader(header);
  const others = typeof before === 'string' ? before.split(', ') : [];
  const kept = others.filter((other) => !other.startsWith(`"${name}";`));
  reply.header(header, [...kept, `"${name}";${said}`].join(', '));
}
