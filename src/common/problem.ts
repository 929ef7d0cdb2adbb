import { HttpException } from '@nestjs/common';
import { Failure, type FailureClass, type FieldError } from './failure.js';
import {
  AddressTooLong,
  BodyTooLarge,
  InternalError,
  MalformedJson,
  MalformedRequest,
  NotAuthenticated,
  NotFound,
  PermissionDenied,
  RequestTimeout,
  ServiceUnavailable,
  UnsupportedMediaType,
} from './failures.js';

/** The body of every failed answer (RFC 9457). */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail: string;
  readonly code: string;
  readonly requestId: string;
  readonly errors?: readonly FieldError[];
}

export const PROBLEM_TYPE = 'application/problem+json; charset=utf-8';

/** Where the page is that explains this kind of failure. */
export const problemTypeUrl = (publicUrl: string, code: string): string =>
  `${publicUrl}/docs/errors#${code}`;

export function toProblem(failure: Failure, publicUrl: string, requestId: string): Problem {
  const { code, status, title } = failure.spec;
  return {
    type: problemTypeUrl(publicUrl, code),
    title,
    status,
    detail: failure.message,
    code,
    requestId,
    ...(failure.errors && { errors: failure.errors }),
  };
}

/** Fastify's own failures that are the caller's, by Fastify's code. */
const OF_FASTIFY: Readonly<Record<string, FailureClass>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: BodyTooLarge,
  FST_ERR_CTP_INVALID_MEDIA_TYPE: UnsupportedMediaType,
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: MalformedRequest,
  FST_ERR_CTP_EMPTY_TYPE: UnsupportedMediaType,
  FST_ERR_BAD_URL: MalformedRequest,
  FST_ERR_MAX_PARAM_LENGTH: AddressTooLong,
};

const OF_STATUS: Readonly<Record<number, FailureClass>> = {
  400: MalformedRequest,
  401: NotAuthenticated,
  403: PermissionDenied,
  404: NotFound,
  408: RequestTimeout,
  413: BodyTooLarge,
  414: AddressTooLong,
  415: UnsupportedMediaType,
  503: ServiceUnavailable,
};

/** Whatever was thrown, as one of our failures: what nobody foresaw is an `InternalError`. */
export function toFailure(thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown;
  if (thrown instanceof SyntaxError && 'statusCode' in thrown) return new MalformedJson();
  const status = statusOf(thrown);
  const known = OF_FASTIFY[textOf(thrown, 'code')] ?? OF_STATUS[status];
  if (known !== undefined) return new known();
  // A library's own word that the caller is at fault: never a fault of ours.
  return status >= 400 && status < 500
    ? new MalformedRequest()
    : new InternalError({ cause: thrown });
}

function statusOf(thrown: unknown): number {
  if (thrown instanceof HttpException) return thrown.getStatus();
  return Number(textOf(thrown, 'statusCode'));
}

function textOf(thrown: unknown, key: 'code' | 'statusCode'): string {
  const value: unknown =
    typeof thrown === 'object' && thrown !== null ? (thrown as Record<string, unknown>)[key] : '';
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}
