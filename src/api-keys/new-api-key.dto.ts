import { parseScope } from '../access/scopes.js';
import { Flag, type FieldOptions, LineOfText, WholeNumber } from '../common/fields.js';
import { Moment } from '../common/moment.js';
import { Nested } from '../common/nested.js';
import { Texts } from '../common/texts.js';
import { normalRange } from './allowed-addresses.js';

const MOST_SCOPES = 100;
const MOST_RANGES = 50;
/** The longest name of a permission, a colon and an id. */
const LONGEST_SCOPE = 187;
/** The longest IPv6 address and its bits. */
const LONGEST_RANGE = 49;
/** As the setting of the default. */
const LONGEST_OVERLAP = 2_592_000;

const NameField = (options: Partial<FieldOptions> = {}): PropertyDecorator =>
  LineOfText({
    description: 'What it is for; several keys may have the same.',
    example: 'Nightly import',
    min: 1,
    max: 100,
    ...options,
  });

const ScopesField = (): PropertyDecorator =>
  Texts({
    description:
      'What it may be used for at most: permissions, each on every object or, with `:<id>` behind it, on one. Beyond what its owner holds a scope gives nothing. Left out or null: whatever its owner may; empty: nothing that takes a permission.',
    example: [
      'catalog.view_product',
      'catalog.change_product:01939f5c-7b0a-7c3e-8a51-3f1d2c4b5a69',
    ],
    optional: true,
    nullable: true,
    most: MOST_SCOPES,
    each: {
      accepts: (text) => parseScope(text) !== undefined,
      code: 'unknown_scope',
      message: 'It must be the name of a permission that there is, with or without `:<id>`.',
      max: LONGEST_SCOPE,
    },
  });

const AllowedIpsField = (description: string): PropertyDecorator =>
  Texts({
    description,
    example: ['203.0.113.7', '2001:db8:1::/48'],
    optional: true,
    most: MOST_RANGES,
    each: {
      accepts: (text) => normalRange(text) !== undefined,
      code: 'invalid_range',
      message:
        'It must be an address or a range such as 203.0.113.0/24 or 2001:db8::/32, with no bits behind the prefix.',
      max: LONGEST_RANGE,
    },
  });

export class KeyRateDto {
  @WholeNumber({ description: 'Requests.', example: 600, min: 1, max: 1_000_000 })
  limit!: number;

  @WholeNumber({ description: 'In so many seconds.', example: 60, min: 1, max: 86_400 })
  window!: number;
}

const RateLimitField = (description: string): PropertyDecorator =>
  Nested(KeyRateDto, { description, optional: true, nullable: true });

const ExpiresAtField = (description: string): PropertyDecorator =>
  Moment({ description, example: null, optional: true, nullable: true });

export class NewApiKeyDto {
  @NameField()
  name!: string;

  @ScopesField()
  scopes?: readonly string[] | null;

  @ExpiresAtField(
    'When it ends, in UTC, at most `API_KEY_MAX_TTL` from now; left out or null: after `API_KEY_TTL`.',
  )
  expiresAt?: string | null;

  @Moment({
    description: 'Before it the key opens nothing; left out or null: from now on.',
    example: null,
    optional: true,
    nullable: true,
  })
  startsAt?: string | null;

  @AllowedIpsField('From where it may be used, in CIDR notation; left out or empty: from anywhere.')
  allowedIps?: readonly string[];

  @RateLimitField('How often it may be used; left out or null: as often as its owner likes.')
  rateLimit?: KeyRateDto | null;
}

/** What is left out stays as it is. What a key may do and how long is made anew, by another key. */
export class ApiKeyChangesDto {
  @NameField({ optional: true })
  name?: string;

  @AllowedIpsField('From where it may be used; empty: from anywhere.')
  allowedIps?: readonly string[];

  @RateLimitField('How often it may be used; null: as often as its owner likes.')
  rateLimit?: KeyRateDto | null;

  @Flag({
    description: 'Whether it is switched off: it opens nothing until it is switched on again.',
    example: false,
    optional: true,
  })
  disabled?: boolean;
}

export class RotationDto {
  @WholeNumber({
    description:
      'For how many seconds the old key works beside the new one, never longer than it would have; 0: it ends now. By default `API_KEY_OVERLAP`.',
    example: 86_400,
    min: 0,
    max: LONGEST_OVERLAP,
    optional: true,
  })
  overlapSeconds?: number;

  @ExpiresAtField(
    'When the new key ends, at most `API_KEY_MAX_TTL` from now; left out or null: after a life as long as that of the old one.',
  )
  expiresAt?: string | null;
}
