import type { FailureSpec } from '../common/failure.js';
import { knownFailures } from '../common/failure.js';
import { problemTypeUrl } from '../common/problem.js';
import type { Response } from './operations.js';

const FIELD_ERROR = {
  type: 'object',
  required: ['field', 'code', 'message'],
  properties: {
    field: { type: 'string', description: 'Path of the field; empty for the body as a whole.' },
    code: { type: 'string' },
    message: { type: 'string' },
    params: { type: 'object', additionalProperties: true },
  },
} as const;

/** The one shape of every failure (RFC 9457). */
export const PROBLEM_SCHEMAS = {
  FieldError: FIELD_ERROR,
  Problem: {
    type: 'object',
    required: ['type', 'title', 'status', 'detail', 'code', 'requestId'],
    properties: {
      type: { type: 'string', format: 'uri', description: 'The page that explains the code.' },
      title: { type: 'string' },
      status: { type: 'integer' },
      detail: { type: 'string' },
      code: { type: 'string', description: 'Stable; switch on it.' },
      requestId: { type: 'string', description: 'Quote it when you report a fault.' },
      errors: { type: 'array', items: { $ref: '#/components/schemas/FieldError' } },
    },
  },
};

/** Responses by status, each with an example for every code that has it. */
export function failureResponses(
  codes: readonly string[],
  publicUrl: string,
): Record<string, Response> {
  const specs = knownFailures().filter(({ code }) => codes.includes(code));
  if (specs.length !== codes.length) throw new Error(`An unknown failure: ${codes.join(', ')}`);
  const statuses = new Set(specs.map(({ status }) => status));
  return Object.fromEntries(
    [...statuses].map((status) => {
      const group = specs.filter((spec) => spec.status === status);
      return [String(status), response(status, group, publicUrl)];
    }),
  );
}

function response(status: number, specs: readonly FailureSpec[], publicUrl: string): Response {
  const headers = headersOf(status);
  return {
    description: specs.map(({ code, title }) => `\`${code}\`: ${title}.`).join(' '),
    ...(headers && { headers }),
    content: {
      'application/problem+json': {
        schema: { $ref: '#/components/schemas/Problem' },
        examples: Object.fromEntries(
          specs.map((spec) => [
            spec.code,
            { summary: spec.title, value: example(spec, publicUrl) },
          ]),
        ),
      },
    },
  };
}

function headersOf(status: number): Record<string, unknown> | undefined {
  if (status === 401) {
    return { 'WWW-Authenticate': { description: 'RFC 6750.', schema: { type: 'string' } } };
  }
  if (status === 503 || status === 429) {
    return { 'Retry-After': { description: 'Seconds.', schema: { type: 'integer' } } };
  }
  return undefined;
}

function example({ code, status, title, detail }: FailureSpec, publicUrl: string): unknown {
  const errors = [{ field: 'email', code: 'required', message: 'It is required.' }];
  return {
    type: problemTypeUrl(publicUrl, code),
    title,
    status,
    detail,
    code,
    requestId: 'd1f0a3b59c7e-0001',
    ...(code === 'validation_failed' && { errors }),
  };
}
