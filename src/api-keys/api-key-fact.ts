import type { Principal } from '../access/principal.js';
import type { Scopes } from '../access/scopes.js';
import type { Quota } from '../rate-limits/quota.js';
import type { AllowedAddresses } from './allowed-addresses.js';

/** What a node remembers of an API key. Times in milliseconds since the epoch. */
export interface ApiKeyFact {
  readonly id: string;
  readonly userId: string;
  /** HMAC of the whole key, as `latin1`. */
  readonly mac: string;
  readonly pepperId: string;
  /** Revoked or switched off: it opens nothing. */
  readonly isOff: boolean;
  readonly startsAt: number;
  /** Its expiry, or the end of its overlap with its successor. */
  readonly endsAt: number;
  /** Present: it has a successor. */
  readonly retiring?: { readonly since: Date; readonly until: Date };
  /** Absent: it may do what its owner may. */
  readonly scopes?: Scopes;
  /** Absent: from anywhere. */
  readonly allowed?: AllowedAddresses;
  /** Absent: as often as it likes. */
  readonly quota?: Quota;
  /** Made for the first request that shows it, together with what its owner is. */
  principal?: Principal;
}
