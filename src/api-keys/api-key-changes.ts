import { normalRange } from './allowed-addresses.js';
import type { ApiKeyRow } from './api-key.entity.js';
import { type ApiKeyChanges, type KeyRate, rateOf } from './api-keys.service.js';

interface Wish {
  readonly name?: string;
  readonly allowedIps?: readonly string[];
  /** Null: as often as it likes. */
  readonly rateLimit?: KeyRate | null;
  readonly disabled?: boolean;
}

/** How the key is to be. One that is off already is off since then. */
export function changesOf(row: ApiKeyRow, wish: Wish, now: Date): ApiKeyChanges {
  const { name = row.name, allowedIps, disabled = row.disabledAt !== null } = wish;
  const { rateLimit = rateOf(row) } = wish;
  return {
    name,
    allowedIps: allowedIps ? rangesOf(allowedIps) : row.allowedIps,
    ...columnsOf(rateLimit),
    disabledAt: disabled ? (row.disabledAt ?? now) : null,
  };
}

/** As they are stored; to say the same twice says it once. */
export const rangesOf = (texts: readonly string[]): string[] => [
  ...new Set(texts.flatMap((text) => normalRange(text) ?? [])),
];

const columnsOf = (rate: KeyRate | null) => ({
  rateLimit: rate?.limit ?? null,
  rateWindow: rate?.window ?? null,
});
