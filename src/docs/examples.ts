import type { MediaType, Operation, Schema, Schemas } from './operations.js';

/** Puts whole examples beside the schemas of an operation, put together from those of their fields. */
export function documentExamples(operation: Operation, schemas: Schemas): void {
  const bodies = [operation.requestBody, ...Object.values(operation.responses)];
  for (const body of bodies) {
    const media = body?.content?.['application/json'];
    if (media !== undefined) addExample(media, schemas);
  }
}

function addExample(media: MediaType, schemas: Schemas): void {
  if (media.example !== undefined || media.examples !== undefined) return;
  const example = media.schema && exampleOf(media.schema, schemas);
  if (example !== undefined) media.example = example;
}

function exampleOf(schema: Schema, schemas: Schemas): unknown {
  if (schema.example !== undefined) return schema.example;
  if (schema.$ref !== undefined) {
    const target = schemas.resolve(schema);
    return target && exampleOf(target, schemas);
  }
  const first = firstOf(schema);
  if (first !== undefined) return exampleOf(first, schemas);
  if (schema.items !== undefined) return [exampleOf(schema.items, schemas)];
  if (schema.properties === undefined) return undefined;
  const members = Object.entries(schema.properties).map(([name, property]) => [
    name,
    exampleOf(property, schemas),
  ]);
  return Object.fromEntries(members);
}

/** Of several that it is put together from; `anyOf`: a nullable one; `oneOf`: the most common first. */
const firstOf = ({ allOf, anyOf, oneOf }: Schema): Schema | undefined =>
  (allOf ?? anyOf ?? oneOf)?.[0];
