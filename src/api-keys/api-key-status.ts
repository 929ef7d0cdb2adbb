import type { ApiKeyRow } from './api-key.entity.js';

/** What a key is good for, as its owner is told. */
export const API_KEY_STATUSES = [
  'active',
  'retiring',
  'disabled',
  'not_yet_valid',
  'expired',
  'revoked',
] as const;

export type ApiKeyStatus = (typeof API_KEY_STATUSES)[number];

type Times = Pick<ApiKeyRow, 'startsAt' | 'expiresAt' | 'retiresAt' | 'disabledAt' | 'revokedAt'>;

/** Of what is true of a key, what weighs most: only `active` and `retiring` open anything. */
export function statusOf(key: Times, now: Date): ApiKeyStatus {
  if (key.revokedAt !== null) return 'revoked';
  if (now >= (key.retiresAt ?? key.expiresAt)) return 'expired';
  if (key.disabledAt !== null) return 'disabled';
  if (key.retiresAt !== null) return 'retiring';
  return key.startsAt !== null && now < key.startsAt ? 'not_yet_valid' : 'active';
}
