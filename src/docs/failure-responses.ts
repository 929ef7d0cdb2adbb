import { type FailureSpec, knownFailures } from '../common/failure.js';
import type { Example, Operation, Reference, Response, Schemas } from './operations.js';
import { exampleRef, headerRef, problemExample } from './problem-components.js';

/** Documents what can fail, status by status, with an example for every code. */
export class FailureResponses {
  /** The examples that responses refer to, by code. */
  readonly examples: Record<string, Example> = {};

  constructor(
    private readonly publicUrl: string,
    private readonly schemas: Schemas,
  ) {}

  addTo(operation: Operation, codes: ReadonlySet<string>): void {
    const specs = [...codes].map(specOf);
    for (const status of new Set(specs.map((spec) => spec.status))) {
      const group = specs.filter((spec) => spec.status === status);
      operation.responses[String(status)] = this.response(group, operation);
    }
  }

  private response(specs: readonly FailureSpec[], operation: Operation): Response {
    const codes = specs.map(({ code }) => code);
    return {
      description: specs.map(({ code, title }) => `\`${code}\`: ${title}.`).join(' '),
      headers: headersOf(specs[0]?.status),
      content: {
        'application/problem+json': {
          schema: {
            allOf: [
              { $ref: '#/components/schemas/Problem' },
              { type: 'object', properties: { code: { type: 'string', enum: codes } } },
            ],
          },
          examples: Object.fromEntries(
            specs.map((spec) => [spec.code, this.example(spec, operation)]),
          ),
        },
      },
    };
  }

  private example(spec: FailureSpec, operation: Operation): Example | Reference {
    if (spec.code === 'validation_failed') {
      return problemExample(spec, this.publicUrl, { errors: [this.complaint(operation)] });
    }
    this.examples[spec.code] ??= problemExample(spec, this.publicUrl);
    return exampleRef(spec.code);
  }

  /** What this very operation would say of a body that is not right. */
  private complaint(operation: Operation) {
    const { schema } = operation.requestBody?.content['application/json'] ?? {};
    // Where a body can be one of several, its example is the first of them.
    const wanted = this.schemas.bodyOf(operation)?.required ?? Object.keys(schema?.example ?? {});
    const [field] = wanted;
    return field === undefined
      ? { field: 'isSuperuser', code: 'unknown_field', message: 'There is no such field.' }
      : { field, code: 'required', message: 'It is required.' };
  }
}

function specOf(code: string): FailureSpec {
  const spec = knownFailures().find((known) => known.code === code);
  if (spec === undefined) throw new Error(`There is no failure "${code}"`);
  return spec;
}

function headersOf(status: number | undefined): Record<string, Reference> {
  if (status === 401) return { 'WWW-Authenticate': headerRef('WwwAuthenticate') };
  if (status === 429 || status === 503) return { 'Retry-After': headerRef('RetryAfter') };
  return {};
}
