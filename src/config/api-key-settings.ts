import { integer, oneOf } from './parsers.js';
import { define, optional } from './setting-definition.js';
import type { Values } from './settings.js';

/** How API keys look and how long they live. */
export const apiKeyDefinitions = {
  API_KEY_ENVIRONMENT: optional({
    parse: oneOf('live', 'test'),
    example: 'live',
    help: 'live or test: how API keys begin, gh_live_ or gh_test_. Those of the other kind are refused. By default live in production, else test.',
  }),
  API_KEY_TTL: define({
    parse: integer(60, 315_360_000),
    fallback: 31_536_000,
    help: 'The life of an API key whose maker says nothing else, in seconds.',
  }),
  API_KEY_MAX_TTL: define({
    parse: integer(60, 315_360_000),
    fallback: 31_536_000,
    help: 'The longest life of an API key, in seconds.',
  }),
  API_KEY_OVERLAP: define({
    parse: integer(0, 2_592_000),
    fallback: 86_400,
    help: 'For how long a key that is rotated still works beside the new one, unless its owner says otherwise, in seconds.',
  }),
  API_KEYS_PER_OWNER: define({
    parse: integer(1, 1000),
    fallback: 10,
    help: 'How many active API keys a user or a service account may have; those on their way out by rotation are not counted.',
  }),
} as const;

export interface ApiKeySettings {
  readonly environment: 'live' | 'test';
  /** Seconds. */
  readonly ttl: number;
  /** Seconds. */
  readonly maxTtl: number;
  /** Seconds. */
  readonly overlap: number;
  readonly perOwner: number;
}

export const apiKeySettings = (values: Values, production: boolean): ApiKeySettings =>
  Object.freeze({
    environment: values.API_KEY_ENVIRONMENT ?? (production ? 'live' : 'test'),
    ttl: Math.min(values.API_KEY_TTL, values.API_KEY_MAX_TTL),
    maxTtl: values.API_KEY_MAX_TTL,
    overlap: values.API_KEY_OVERLAP,
    perOwner: values.API_KEYS_PER_OWNER,
  });
