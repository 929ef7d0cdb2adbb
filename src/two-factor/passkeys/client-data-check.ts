import type { ClientData } from './credential-json.js';
import type { RefusalReason } from './passkey-refused.js';

/**
 * What is wrong with what a browser says of a ceremony; undefined: nothing. Origins are compared as they are: no other
 * port, no sub-domain, nothing that begins alike. Whoever embeds our page in hers does not borrow our passkeys.
 */
export function complaintAbout(
  { type, origin, isEmbedded }: ClientData,
  expected: { readonly type: string; readonly origins: readonly string[] },
): Extract<RefusalReason, 'type' | 'origin' | 'embedded'> | undefined {
  if (type !== expected.type) return 'type';
  if (!expected.origins.includes(origin)) return 'origin';
  return isEmbedded ? 'embedded' : undefined;
}
