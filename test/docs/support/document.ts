import type { Client } from '../../support/client.js';

export interface Media {
  readonly example?: unknown;
  readonly examples?: Readonly<Record<string, { $ref?: string; value?: unknown }>>;
}

export interface DocumentedOperation {
  readonly operationId: string;
  readonly summary?: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly security: readonly Record<string, unknown>[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<
    Record<
      string,
      {
        readonly description: string;
        readonly headers: Readonly<Record<string, unknown>>;
        readonly content?: Readonly<Record<string, Media>>;
      }
    >
  >;
}

export interface Schema {
  readonly required?: readonly string[];
  readonly additionalProperties?: unknown;
  readonly properties: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

export interface OpenApi {
  readonly openapi: string;
  readonly tags: readonly { readonly name: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentedOperation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly examples: Readonly<Record<string, { readonly value: unknown }>>;
  };
}

export interface Described {
  /** `POST /v1/auth/login`. */
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly operation: DocumentedOperation;
}

/** The document as it is served. */
export async function readDocument(client: Client): Promise<OpenApi> {
  const { body } = await client.get<OpenApi>('/docs/openapi.json');
  return body;
}

export const operationsIn = ({ paths }: OpenApi): Described[] =>
  Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([verb, operation]) => {
      const method = verb.toUpperCase();
      return { name: `${method} ${path}`, method, path, operation };
    }),
  );

/** The codes that an operation says it answers with this status. */
export const codesOf = ({ responses }: DocumentedOperation, status: number): string[] =>
  Object.keys(responses[String(status)]?.content?.['application/problem+json']?.examples ?? {});

/** The names of all members and the types of all values, however deep. */
export function shapeOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.slice(0, 1).map(shapeOf);
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  const members = Object.entries(value).map(([name, member]) => [name, shapeOf(member)]);
  return Object.fromEntries(members);
}
