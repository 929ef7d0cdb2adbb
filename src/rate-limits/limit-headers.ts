import type { Quota } from './quota.js';

/** As much of a reply as headers need. */
export interface HeaderReply {
  header(name: string, value: string): unknown;
}

/** draft-ietf-httpapi-ratelimit-headers, section 3. */
export function announcePolicy(reply: HeaderReply, ...quotas: readonly Quota[]): void {
  const policies = quotas.map(({ name, limit, window }) => `"${name}";q=${limit};w=${window}`);
  reply.header('ratelimit-policy', policies.join(', '));
}

/** Section 4 of the same. */
export function announceLeft(
  reply: HeaderReply,
  name: string,
  left: number,
  seconds: number,
): void {
  reply.header('ratelimit', `"${name}";r=${left};t=${seconds}`);
}
