import type { OpenAPIObject } from '@nestjs/swagger';
import type { MediaType, Operation, Schema } from './operations.js';

/** Puts whole examples beside the schemas of an operation, put together from those of their fields. */
export function documentExamples(document: OpenAPIObject, operation: Operation): void {
  const schemas = (document.components?.schemas ?? {}) as Record<string, Schema>;
  const bodies = [operation.requestBody, ...Object.values(operation.responses)];
  for (const body of bodies) {
    for (const [type, media] of Object.entries(body?.content ?? {})) {
      if (type === 'application/json') addExample(media, schemas);
    }
  }
}

function addExample(media: MediaType, schemas: Readonly<Record<string, Schema>>): void {
  const example = media.schema && exampleOf(media.schema, schemas);
  if (example !== undefined) media.example = example;
}

function exampleOf(schema: Schema, schemas: Readonly<Record<string, Schema>>): unknown {
  if (schema.example !== undefined) return schema.example;
  if (schema.$ref !== undefined) {
    const target = schemas[schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1)];
    return target && exampleOf(target, schemas);
  }
  if (schema.allOf?.[0] !== undefined) return exampleOf(schema.allOf[0], schemas);
  if (schema.items !== undefined) return [exampleOf(schema.items, schemas)];
  if (schema.properties === undefined) return undefined;
  const members = Object.entries(schema.properties).map(([name, property]) => [
    name,
    exampleOf(property, schemas),
  ]);
  return Object.fromEntries(members);
}
