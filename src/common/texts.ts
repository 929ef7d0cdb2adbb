import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { ValidateBy } from 'class-validator';
import type { FieldError } from './failure.js';
import { documented, type FieldOptions, Presence } from './fields.js';

/** What each text of a list must be. */
interface EachText {
  readonly accepts: (text: string) => boolean;
  readonly code: string;
  readonly message: string;
  /** In characters. What is longer is not looked at. */
  readonly max: number;
}

interface TextsOptions extends FieldOptions {
  /** How many there may be. */
  readonly most: number;
  readonly each: EachText;
}

type DtoClass = new () => object;

const lists = new WeakMap<object, Map<string, TextsOptions>>();

/** A list of texts. A complaint about one of them names its place: `scopes.3`. */
export function Texts(options: TextsOptions): PropertyDecorator {
  const { most, each, ...rest } = options;
  const { required, ...shown } = documented(rest);
  const remember: PropertyDecorator = (target, property) => {
    const fields = lists.get(target) ?? new Map<string, TextsOptions>();
    lists.set(target, fields.set(String(property), options));
  };
  return applyDecorators(
    Presence(rest),
    ApiProperty({
      ...shown,
      required,
      type: 'array',
      items: { type: 'string', maxLength: each.max },
      maxItems: most,
    }),
    ValidateBy(
      { name: 'isAList', validator: { validate: (value) => Array.isArray(value) } },
      { message: 'It must be a list.', context: { code: 'invalid_type' } },
    ),
    ValidateBy(
      { name: 'isShort', validator: { validate: (value) => isShort(value, most) } },
      {
        message: `There must be at most ${String(most)}.`,
        context: { code: 'too_many', params: { max: most } },
      },
    ),
    remember,
  );
}

const isShort = (value: unknown, most: number): boolean =>
  !Array.isArray(value) || value.length <= most;

/** Complaints about single texts of the lists of a body; about lists that are too long there is one already. */
export function complaintsOfTexts(dto: DtoClass, instance: object): FieldError[] {
  return [...listsIn(dto)].flatMap(([name, { most, each }]) => {
    const value = (instance as Record<string, unknown>)[name];
    if (!Array.isArray(value) || value.length > most) return [];
    return value.flatMap((text: unknown, i) => complaintOf(text, each, `${name}.${String(i)}`));
  });
}

function complaintOf(text: unknown, each: EachText, field: string): FieldError[] {
  if (typeof text !== 'string') {
    return [{ field, code: 'invalid_type', message: 'It must be text.' }];
  }
  if (text.length <= each.max && each.accepts(text)) return [];
  return [{ field, code: each.code, message: each.message }];
}

function listsIn(dto: DtoClass): ReadonlyMap<string, TextsOptions> {
  const found = new Map<string, TextsOptions>();
  for (
    let target: unknown = dto.prototype;
    typeof target === 'object' && target !== null;
    target = Object.getPrototypeOf(target)
  ) {
    for (const [name, options] of lists.get(target) ?? []) found.set(name, options);
  }
  return found;
}
