import type { Span } from '@opentelemetry/api';
import type { Api } from './packages.js';

/** What went wrong, by a code or the name of a class: messages quote what was sent. */
export function statusOfError(api: Api, span: Span, error: unknown): void {
  const { code, name } = (error ?? {}) as { code?: unknown; name?: unknown };
  const type = [code, name].find((word) => typeof word === 'string');
  span.setAttribute('error.type', type ?? '_OTHER');
  span.setStatus({ code: api.SpanStatusCode.ERROR });
}
