import { failure } from './failure.js';

/** Failures that any route can answer with. */

export class ValidationFailed extends failure({
  code: 'validation_failed',
  status: 400,
  title: 'The request is not valid',
  detail: 'One or more fields were refused; `errors` names each of them and why.',
}) {}

export class MalformedRequest extends failure({
  code: 'malformed_request',
  status: 400,
  title: 'The request could not be read',
  detail: 'The request is not well-formed HTTP, or its address is not a valid URL.',
}) {}

export class MalformedJson extends failure({
  code: 'malformed_json',
  status: 400,
  title: 'The body is not valid JSON',
  detail: 'Send one JSON document in UTF-8, without repeated keys.',
}) {}

export class NotAuthenticated extends failure({
  code: 'not_authenticated',
  status: 401,
  title: 'Sign in first',
  detail: 'This call needs a credential, and none was shown.',
}) {}

export class PermissionDenied extends failure({
  code: 'permission_denied',
  status: 403,
  title: 'You may not do this',
  detail: 'You are signed in, but you do not hold the permission that this call demands.',
}) {}

export class NotFound extends failure({
  code: 'not_found',
  status: 404,
  title: 'There is nothing here',
  detail: 'Nothing is at this address, or it is not visible to you.',
}) {}

export class RequestTimeout extends failure({
  code: 'request_timeout',
  status: 408,
  title: 'The request took too long to arrive',
  detail: 'The connection was closed because the whole request did not arrive in time.',
}) {}

export class BodyTooLarge extends failure({
  code: 'body_too_large',
  status: 413,
  title: 'The body is too large',
  detail: 'Bodies may be at most 64 KiB.',
}) {}

export class AddressTooLong extends failure({
  code: 'address_too_long',
  status: 414,
  title: 'The address is too long',
  detail: 'A part of the address is longer than the server reads.',
}) {}

export class UnsupportedMediaType extends failure({
  code: 'unsupported_media_type',
  status: 415,
  title: 'The body is not of a type this server reads',
  detail: 'Send JSON in UTF-8 with `Content-Type: application/json`.',
}) {}

export class HeadersTooLarge extends failure({
  code: 'headers_too_large',
  status: 431,
  title: 'The headers are too large',
  detail: 'All headers together may be at most 16 KiB.',
}) {}

export class RequestAborted extends failure({
  code: 'request_aborted',
  status: 499,
  title: 'The caller hung up',
  detail: 'The connection was closed before the answer was ready, and the work was given up.',
}) {}

export class InternalError extends failure({
  code: 'internal_error',
  status: 500,
  title: 'Something went wrong on our side',
  detail: 'The failure was logged. Quote `requestId` when you report it.',
}) {}

export class ServiceUnavailable extends failure({
  code: 'service_unavailable',
  status: 503,
  title: 'Temporarily unavailable',
  detail:
    'Something that this server needs is away or too busy. Try again after `Retry-After` seconds.',
}) {}
