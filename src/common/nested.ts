import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { ValidateBy } from 'class-validator';
import { documented, type FieldOptions, Presence } from './fields.js';

type DtoClass<T extends object = object> = new () => T;

const nested = new WeakMap<object, Map<string, DtoClass>>();

/** An object within a body, held against its own class as the body is against its own (`validated`). */
export function Nested(dto: DtoClass, options: FieldOptions): PropertyDecorator {
  const remember: PropertyDecorator = (target, property) => {
    const fields = nested.get(target) ?? new Map<string, DtoClass>();
    nested.set(target, fields.set(String(property), dto));
  };
  return applyDecorators(
    Presence(options),
    ApiProperty({ ...documented(options), type: dto }),
    ValidateBy(
      { name: 'isObject', validator: { validate: isPlainObject } },
      { message: 'It must be an object.', context: { code: 'invalid_type' } },
    ),
    remember,
  );
}

/** The fields of a class, and of those it extends, that hold objects. */
export function nestedIn(dto: DtoClass): ReadonlyMap<string, DtoClass> {
  const found = new Map<string, DtoClass>();
  for (
    let target: unknown = dto.prototype;
    typeof target === 'object' && target !== null;
    target = Object.getPrototypeOf(target)
  ) {
    for (const [name, type] of nested.get(target) ?? []) found.set(name, type);
  }
  return found;
}

export const isPlainObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
