import { applyDecorators } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import type { FailureClass } from './failure.js';

/** Where the codes of a route's failures stand until the document is finished (`docs/openapi-document.ts`). */
export const FAILS_EXTENSION = 'x-fails';

/**
 * Documents the failures that are this route's own. Those of its access rule, of a body and of the server
 * are added to the document by themselves.
 */
export const Fails = (...failures: readonly FailureClass[]): MethodDecorator =>
  applyDecorators(
    ApiExtension(
      FAILS_EXTENSION,
      failures.map(({ spec }) => spec.code),
    ),
  );
