import type { OpenAPIObject } from '@nestjs/swagger';

/** As much of a JSON schema as the documentation needs to read or to write. */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly allOf?: readonly Schema[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly example?: unknown;
  readonly enum?: readonly unknown[];
  additionalProperties?: unknown;
}

export interface Reference {
  readonly $ref: string;
}

export interface Example {
  readonly summary: string;
  readonly value: unknown;
}

export interface MediaType {
  schema?: Schema;
  example?: unknown;
  examples?: Record<string, Example | Reference>;
}

export interface Response {
  description: string;
  content?: Record<string, MediaType>;
  headers?: Record<string, Reference>;
}

export interface Operation {
  security?: Record<string, string[]>[];
  parameters?: { readonly in: string; readonly name: string }[];
  requestBody?: { content: Record<string, MediaType> };
  responses: Record<string, Response>;
  [extension: `x-${string}`]: unknown;
}

const METHODS = ['get', 'put', 'post', 'delete', 'patch'] as const;

/** Every operation of the document, to be completed in place. */
export function operationsOf(
  document: OpenAPIObject,
): { method: string; path: string; operation: Operation }[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = item[method] as unknown as Operation | undefined;
      return operation ? [{ method: method.toUpperCase(), path, operation }] : [];
    }),
  );
}

/** The named schemas of a document. */
export class Schemas {
  private readonly named: Readonly<Record<string, Schema>>;

  constructor(document: OpenAPIObject) {
    this.named = document.components?.schemas ?? {};
  }

  /** The schema itself, where it is only named. */
  resolve(schema: Schema | undefined): Schema | undefined {
    const name = schema?.$ref?.slice(schema.$ref.lastIndexOf('/') + 1);
    return name === undefined ? schema : this.named[name];
  }

  /** What an operation takes, if it takes a body. */
  bodyOf({ requestBody }: Operation): Schema | undefined {
    return this.resolve(requestBody?.content['application/json']?.schema);
  }
}
