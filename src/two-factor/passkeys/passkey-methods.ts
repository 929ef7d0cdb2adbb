import type { Passkey } from './passkey.entity.js';

/** What a passkey adds to the methods of a session (RFC 8176): bound to its device or synced, and who verified whom. */
export const passkeyMethods = (
  { backupEligible }: Pick<Passkey, 'backupEligible'>,
  userVerified: boolean,
): readonly string[] => [backupEligible ? 'swk' : 'hwk', ...(userVerified ? ['user'] : []), 'mfa'];
