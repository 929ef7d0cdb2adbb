import type { Caller } from '../common/http/caller.js';
import type { Identity, ProviderTokens } from './providers/social-provider.js';

/** Somebody who comes from a provider. */
export interface Arrival {
  /** Its id, which the table keeps. */
  readonly providerId: string;
  /** By the name that people read. */
  readonly provider: string;
  readonly identity: Identity;
  /** What the provider gave along, where it is to be kept. */
  readonly tokens?: ProviderTokens;
  readonly caller: Caller;
}

/** Two who arrive at once as the same person: the second looks again. */
export class Overtaken extends Error {}
