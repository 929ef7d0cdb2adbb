import type { OpenAPIObject } from '@nestjs/swagger';
import { Client } from './client.js';
import type { TestApp } from './test-app.js';

export interface Field {
  readonly name: string;
  readonly type: string | undefined;
  readonly nullable: boolean;
  readonly required: boolean;
  readonly choices: boolean;
  readonly maxLength: number | undefined;
}

/** A route that takes a body, as its documentation describes it. */
export interface BodyRoute {
  readonly method: 'POST' | 'PATCH' | 'PUT' | 'DELETE';
  readonly url: string;
  readonly needsLogin: boolean;
  readonly fields: readonly Field[];
  /** A body that satisfies every rule. */
  readonly example: Readonly<Record<string, unknown>>;
}

/** What the addresses of routes are filled in with; nothing has it. */
export const EXAMPLE_ID = '01939f5c-7b0a-7c3e-8a51-3f1d2c4b5a69';

interface Property {
  readonly type?: string | string[];
  readonly nullable?: boolean;
  readonly enum?: unknown[];
  readonly maxLength?: number;
  readonly $ref?: string;
  readonly allOf?: unknown[];
  /** An object that may be null. */
  readonly anyOf?: readonly { readonly type?: string }[];
}

interface DocumentedOperation {
  readonly security: unknown[];
  readonly requestBody?: {
    content: Record<string, { schema: { $ref?: string }; example: Record<string, unknown> }>;
  };
}

/** Every route that takes an object as its body; a new one comes under every test of bodies by being documented. */
export async function bodyRoutes(test: TestApp): Promise<BodyRoute[]> {
  const { body: document } = await new Client(test).get<OpenAPIObject>('/docs/openapi.json');
  return Object.entries(document.paths).flatMap(([url, item]) =>
    Object.entries(item as Record<string, DocumentedOperation>).flatMap(([method, operation]) => {
      const content = operation.requestBody?.content['application/json'];
      const ref = content?.schema.$ref; // none: the body is a list, which has a story of its own
      if (content === undefined || ref === undefined) return [];
      return {
        method: method.toUpperCase() as BodyRoute['method'],
        url: url.replace(/\{\w+\}/g, EXAMPLE_ID),
        needsLogin: operation.security.length > 0,
        fields: fieldsOf(document, ref),
        example: content.example,
      };
    }),
  );
}

function fieldsOf({ components }: OpenAPIObject, ref: string): Field[] {
  const schema = components?.schemas?.[ref.slice(ref.lastIndexOf('/') + 1)] as {
    properties: Record<string, Property>;
    required?: string[];
  };
  return Object.entries(schema.properties).map(([name, property]) => {
    const types = [property.type].flat();
    return {
      name,
      type: typeOf(property) ?? types.find((type) => type !== 'null'),
      nullable: isNullable(property),
      required: schema.required?.includes(name) ?? false,
      choices: property.enum !== undefined,
      maxLength: property.maxLength,
    };
  });
}

const isNullable = ({ nullable, type, anyOf = [] }: Property): boolean =>
  nullable === true || [type].flat().includes('null') || anyOf.some((each) => each.type === 'null');

/** As `typeof` calls it, where JSON schema has another word; undefined: they agree. */
function typeOf({ type, $ref, allOf, anyOf }: Property): string | undefined {
  if ($ref ?? allOf ?? anyOf) return 'object';
  return [type].flat().includes('integer') ? 'number' : undefined;
}
