import { type ArgumentMetadata, Injectable, type PipeTransform } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, validateSync, type ValidationError } from 'class-validator';
import type { FieldError } from './failure.js';
import { ValidationFailed } from './failures.js';
import { isPlainObject, nestedIn } from './nested.js';
import { complaintsOfTexts } from './texts.js';

export type DtoClass<T extends object> = new () => T;

/** A body of thousands of fields must not be a way to write a book into the answer. */
const MAX_UNKNOWN_NAMED = 20;

/** However many things of a list are wrong, so many complaints are enough. */
const MAX_COMPLAINTS = 100;

/**
 * The value as an instance of its DTO class, every rule of which it keeps. Nothing is coerced, and a field
 * that the class does not have is refused by name (mass assignment: ASVS 15.3.3).
 *
 * @throws ValidationFailed naming every field that is wrong, one complaint each
 */
export function validated<T extends object>(dto: DtoClass<T>, value: unknown): T {
  if (!isPlainObject(value)) {
    throw new ValidationFailed({
      errors: [{ field: '', code: 'invalid_type', message: 'The body must be a JSON object.' }],
    });
  }
  const { instance, errors } = checked(dto, value);
  if (errors.length > 0) throw new ValidationFailed({ errors });
  return instance;
}

/**
 * The same for a list of at most so many; `field` begins with the place of what is wrong: `3.permission`.
 *
 * @throws ValidationFailed
 */
export function validatedList<T extends object>(
  dto: DtoClass<T>,
  max: number,
  value: unknown,
): T[] {
  if (!Array.isArray(value)) {
    throw new ValidationFailed({
      errors: [{ field: '', code: 'invalid_type', message: 'The body must be a JSON array.' }],
    });
  }
  if (value.length > max) {
    const message = `There must be at most ${String(max)}.`;
    throw new ValidationFailed({
      errors: [{ field: '', code: 'too_many', message, params: { max } }],
    });
  }
  const items = value.map((item) => (isPlainObject(item) ? checked(dto, item) : NO_OBJECT));
  const errors = items.flatMap((item, i) => within(String(i), item.errors));
  if (errors.length > 0) throw new ValidationFailed({ errors: errors.slice(0, MAX_COMPLAINTS) });
  return items.flatMap(({ instance }) => instance ?? []);
}

interface Checked<T> {
  readonly instance: T;
  readonly errors: readonly FieldError[];
}

const NO_OBJECT: Checked<undefined> = {
  instance: undefined,
  errors: [{ field: '', code: 'invalid_type', message: 'It must be an object.' }],
};

function checked<T extends object>(dto: DtoClass<T>, value: object): Checked<T> {
  const allowed = fieldsOf(dto);
  const unknown = Object.keys(value)
    .filter((field) => !allowed.has(field))
    .slice(0, MAX_UNKNOWN_NAMED)
    .map((field) => ({
      field: shorten(field),
      code: 'unknown_field',
      message: 'There is no such field.',
    }));
  const known = Object.fromEntries(Object.entries(value).filter(([field]) => allowed.has(field)));
  const instance = instantiated(dto, known);
  const own = validateSync(instance).map(toFieldError);
  const inner = [...checkNested(dto, instance), ...complaintsOfTexts(dto, instance)];
  return { instance, errors: [...unknown, ...own, ...inner] };
}

/** class-transformer trusts whatever an object calls its `constructor`: it gets no foreign object to see. */
function instantiated<T extends object>(dto: DtoClass<T>, value: object): T {
  const [objects, rest] = [true, false].map((wanted) =>
    Object.fromEntries(Object.entries(value).filter(([, each]) => holdsObjects(each) === wanted)),
  );
  return Object.assign(plainToInstance(dto, rest, { exposeUnsetFields: false }), objects);
}

const holdsObjects = (value: unknown): boolean =>
  Array.isArray(value) ? value.some((item) => typeof item === 'object') : isPlainObject(value);

/** Puts objects that are checked in the place of those that came. */
function checkNested(dto: DtoClass<object>, instance: object): FieldError[] {
  const fields = instance as Record<string, unknown>;
  return [...nestedIn(dto)].flatMap(([name, type]) => {
    const value = fields[name];
    if (!isPlainObject(value)) return [];
    const { instance: object, errors } = checked(type, value);
    fields[name] = object;
    return within(name, errors);
  });
}

const within = (place: string, errors: readonly FieldError[]): FieldError[] =>
  errors.map((error) => ({
    ...error,
    field: error.field === '' ? place : `${place}.${error.field}`,
  }));

/** Checks every body, query and set of parameters whose type is a class with class-validator rules. */
@Injectable()
export class ValidationPipe implements PipeTransform {
  transform(value: unknown, { metatype, type }: ArgumentMetadata): unknown {
    if (type === 'custom' || metatype === undefined) return value;
    const dto = metatype as DtoClass<object>;
    return fieldsOf(dto).size === 0 ? value : validated(dto, value === undefined ? {} : value);
  }
}

const fields = new WeakMap<DtoClass<object>, ReadonlySet<string>>();

/** The names that the class has rules for. */
function fieldsOf(dto: DtoClass<object>): ReadonlySet<string> {
  let names = fields.get(dto);
  if (names === undefined) {
    const rules = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
    names = new Set(rules.map(({ propertyName }) => propertyName));
    fields.set(dto, names);
  }
  return names;
}

/** One complaint: that of the rule written nearest to the field's name, the type of the value first. */
function toFieldError({
  property,
  value,
  constraints = {},
  contexts,
}: ValidationError): FieldError {
  if (value === undefined) return { field: property, code: 'required', message: 'It is required.' };
  const names = Object.keys(constraints);
  const name =
    names.find((rule) => contextOf(contexts, rule).code === 'invalid_type') ?? names[0] ?? '';
  const { code = 'invalid', params } = contextOf(contexts, name);
  const message = constraints[name] ?? 'It is not valid.';
  return { field: property, code, message, ...(params && { params }) };
}

interface RuleContext {
  readonly code?: string;
  readonly params?: Readonly<Record<string, unknown>>;
}

function contextOf(contexts: ValidationError['contexts'], rule: string): RuleContext {
  return (contexts?.[rule] as RuleContext | undefined) ?? {};
}

/** A name that is quoted back must not be a way to write a book into the answer. */
const shorten = (name: string) => (name.length > 64 ? `${name.slice(0, 64)}…` : name);

/** Checks a body that is a list: `@Body(new ListPipe(ThingDto, 100)) things: ThingDto[]`. */
export class ListPipe<T extends object> implements PipeTransform {
  constructor(
    private readonly dto: DtoClass<T>,
    private readonly max: number,
  ) {}

  transform(value: unknown): T[] {
    return validatedList(this.dto, this.max, value);
  }
}
