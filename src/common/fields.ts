import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsOptional, IsString, ValidateBy, ValidateIf } from 'class-validator';
import { validate as isUuid } from 'uuid';

/** What every field says of itself in the documentation. */
export interface FieldOptions {
  readonly description: string;
  readonly example?: unknown;
  /** The field may be left out. */
  readonly optional?: boolean;
  /** The field may be null, which clears it. */
  readonly nullable?: boolean;
  /** It goes in and never comes out. */
  readonly writeOnly?: boolean;
}

export interface TextOptions extends FieldOptions {
  /** In characters (Unicode code points), as PostgreSQL and JSON Schema count them. */
  readonly max: number;
  /** 1: it must not be empty, once surrounding space is cut. */
  readonly min?: 1;
  readonly format?: string;
}

/** Any text, taken as it is. The base of every field that holds text. */
export function AnyText({ min, max, ...options }: TextOptions): PropertyDecorator {
  return applyDecorators(
    Presence(options),
    ApiProperty({
      ...documented(options),
      type: String,
      maxLength: max,
      ...(min && { minLength: min }),
    }),
    IsString({ message: 'It must be text.', context: { code: 'invalid_type' } }),
    ...(min ? [NotEmpty()] : []),
    Check(
      'hasLength',
      (value) => Array.from(value).length <= max,
      'too_long',
      `It must have at most ${String(max)} characters.`,
      { max },
    ),
  );
}

// Control and format characters (bidirectional, zero-width, tags; not the joiners of ZWJ emoji and of Persian),
// separators, surrogates, and letters that show nothing.
export const INVISIBLE =
  /\p{Cc}|\p{Cs}|\p{Zl}|\p{Zp}|(?![\u200c\u200d])\p{Cf}|\u034f|\u115f|\u1160|\u3164|\uffa0/u;

/** One line of text for people to read: surrounding space is cut, invisible characters are refused. */
export function LineOfText(options: TextOptions): PropertyDecorator {
  return applyDecorators(
    AnyText(options),
    Trimmed(),
    Check(
      'isLineOfText',
      (value) => !INVISIBLE.test(value),
      'invalid_characters',
      'It must not contain control or invisible characters.',
    ),
  );
}

/** The id of something, in lower case. */
export function Id(options: FieldOptions): PropertyDecorator {
  return applyDecorators(
    AnyText({
      max: 36,
      format: 'uuid',
      example: '01939f5c-7b0a-7c3e-8a51-3f1d2c4b5a69',
      ...options,
    }),
    Transform(({ value }: { value: unknown }) =>
      typeof value === 'string' ? value.toLowerCase() : value,
    ),
    Check('isId', (value) => isUuid(value), 'invalid_id', 'It must be an id.'),
  );
}

/** Text of many lines for people to read: as `LineOfText`, but line breaks and tabs may stand in it. */
export function LinesOfText(options: TextOptions): PropertyDecorator {
  return applyDecorators(
    AnyText(options),
    Trimmed(),
    Check(
      'isLinesOfText',
      (value) => !INVISIBLE.test(value.replace(/[\n\r\t]/g, ' ')),
      'invalid_characters',
      'It must not contain control or invisible characters.',
    ),
  );
}

/** A whole number of a range, as a number. */
export function WholeNumber({
  min,
  max,
  ...options
}: FieldOptions & { readonly min: number; readonly max: number }): PropertyDecorator {
  return applyDecorators(
    Presence(options),
    ApiProperty({ ...documented(options), type: 'integer', minimum: min, maximum: max }),
    ValidateBy(
      { name: 'isANumber', validator: { validate: (value) => typeof value === 'number' } },
      { message: 'It must be a number.', context: { code: 'invalid_type' } },
    ),
    ValidateBy(
      {
        name: 'isWholeNumber',
        validator: {
          validate: (value) => Number.isSafeInteger(value) && value >= min && value <= max,
        },
      },
      {
        message: `It must be a whole number from ${String(min)} to ${String(max)}.`,
        context: { code: 'out_of_range', params: { min, max } },
      },
    ),
  );
}

/** One of a few words. */
export function Choice(choices: readonly string[], options: FieldOptions): PropertyDecorator {
  return applyDecorators(
    Presence(options),
    ApiProperty({ ...documented(options), enum: choices }),
    IsIn(choices, {
      message: `It must be one of: ${choices.join(', ')}.`,
      context: { code: 'invalid_choice', params: { choices } },
    }),
  );
}

const NotEmpty = (): PropertyDecorator =>
  Check('isNotEmpty', (value) => value !== '', 'too_short', 'It must not be empty.', { min: 1 });

/** True or false. */
export function Flag(options: FieldOptions): PropertyDecorator {
  return applyDecorators(
    Presence(options),
    ApiProperty({ ...documented(options), type: Boolean }),
    IsBoolean({ message: 'It must be true or false.', context: { code: 'invalid_type' } }),
  );
}

/** An object whose shape somebody else defines, and checks. */
export function AnyObject(options: FieldOptions): PropertyDecorator {
  const { required, ...rest } = documented(options);
  return applyDecorators(
    Presence(options),
    ApiProperty({ ...rest, type: 'object', additionalProperties: true, selfRequired: required }),
    ValidateBy(
      {
        name: 'isAnObject',
        validator: {
          validate: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
        },
      },
      { message: 'It must be an object.', context: { code: 'invalid_type' } },
    ),
  );
}

/** Cuts surrounding white space before anything is checked. Never for passwords. */
export function Trimmed(): PropertyDecorator {
  return Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? value.trim() : value,
  );
}

/** A rule of our own about a text, as a class-validator decorator. */
export function Check(
  name: string,
  accepts: (value: string) => boolean,
  code: string,
  message: string,
  params?: Readonly<Record<string, unknown>>,
): PropertyDecorator {
  return ValidateBy(
    { name, validator: { validate: (value) => typeof value === 'string' && accepts(value) } },
    { message, context: { code, ...(params && { params }) } },
  );
}

/** Whether the field may be left out, or be null. */
export function Presence({ optional, nullable }: FieldOptions): PropertyDecorator {
  if (optional && nullable) return IsOptional();
  if (optional) return ValidateIf((_, value) => value !== undefined);
  if (nullable) return ValidateIf((_, value) => value !== null);
  return () => undefined;
}

/** What the documentation says of the field. */
export function documented({ optional, nullable, ...rest }: FieldOptions & { format?: string }) {
  return { ...rest, required: !optional, ...(nullable && { nullable }) };
}
