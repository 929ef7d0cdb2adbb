import type { FailureSpec } from '../common/failure.js';
import { problemTypeUrl } from '../common/problem.js';
import type { Example, Reference } from './operations.js';

const REQUEST_ID = 'd1f0a3b59c7e-0001';

/** The one shape of every failure (RFC 9457). */
export const PROBLEM_SCHEMAS = {
  FieldError: {
    type: 'object',
    description: 'One complaint about one field of the request.',
    required: ['field', 'code', 'message'],
    properties: {
      field: {
        type: 'string',
        description: 'Path of the field; empty for the body as a whole.',
        example: 'email',
      },
      code: { type: 'string', description: 'Stable; switch on it.', example: 'required' },
      message: { type: 'string', description: 'For people.', example: 'It is required.' },
      params: {
        type: 'object',
        additionalProperties: true,
        description: 'The numbers and names in the message, for clients with words of their own.',
        example: { max: 254 },
      },
    },
  },
  Problem: {
    type: 'object',
    description: 'Every failure (RFC 9457).',
    required: ['type', 'title', 'status', 'detail', 'code', 'requestId'],
    properties: {
      type: { type: 'string', format: 'uri', description: 'The page that explains the code.' },
      title: { type: 'string', description: 'The same for every occurrence of the code.' },
      status: { type: 'integer', description: 'The HTTP status.' },
      detail: { type: 'string', description: 'What happened and what the caller can do.' },
      code: {
        type: 'string',
        description: 'Stable; switch on it, with a default: more may come.',
      },
      requestId: { type: 'string', description: 'Quote it when you report a fault.' },
      errors: {
        type: 'array',
        description: 'Only with `validation_failed`: everything that is wrong.',
        items: { $ref: '#/components/schemas/FieldError' },
      },
    },
  },
};

/** Headers that many answers carry, said once. */
export const HEADERS = {
  RequestId: {
    description: 'Names this request in the log; quote it when you report a fault.',
    schema: { type: 'string' },
    example: REQUEST_ID,
  },
  WwwAuthenticate: {
    description: 'The scheme to authenticate with; names the error of a token (RFC 6750).',
    schema: { type: 'string' },
    example: 'Bearer realm="gatehouse", error="invalid_token"',
  },
  RetryAfter: {
    description: 'Seconds after which another try makes sense, where that can be said.',
    schema: { type: 'integer', minimum: 0 },
    example: 2,
  },
} as const;

export const headerRef = (name: keyof typeof HEADERS): Reference => ({
  $ref: `#/components/headers/${name}`,
});

export const exampleRef = (code: string): Reference => ({ $ref: `#/components/examples/${code}` });

/** A problem as the server would answer it. */
export function problemExample(
  { code, status, title, detail }: FailureSpec,
  publicUrl: string,
  more: object = {},
): Example {
  const type = problemTypeUrl(publicUrl, code);
  return {
    summary: title,
    value: { type, title, status, detail, code, requestId: REQUEST_ID, ...more },
  };
}
