import type { Route } from '../auth/route-table.js';
import { FAILS_EXTENSION } from '../common/api-docs.js';
import type { Operation } from './operations.js';

/** The codes of everything that can go wrong with a route: its own first, everybody's last. */
export function failuresOf(operation: Operation, route: Route): Set<string> {
  const own = (operation[FAILS_EXTENSION] as string[] | undefined) ?? [];
  return new Set([...own, ...byRequest(operation), ...byRule(route), ...EVERY_ROUTE]);
}

const EVERY_ROUTE = [
  'malformed_request',
  'ambiguous_credentials',
  'invalid_token',
  'request_timeout',
  'headers_too_large',
  'internal_error',
  'service_unavailable',
];

function byRule({ rule }: Route): string[] {
  if (rule === undefined || rule.kind === 'public') return [];
  if (rule.kind === 'login') {
    return ['not_authenticated', ...(rule.recent ? ['reauthentication_required'] : [])];
  }
  return [
    'not_authenticated',
    'permission_denied',
    ...(rule.kind === 'object' ? ['not_found'] : []),
  ];
}

function byRequest({ requestBody, parameters = [] }: Operation): string[] {
  return [
    ...(parameters.length > 0 ? ['address_too_long'] : []),
    ...(requestBody === undefined ? [] : OF_BODIES),
  ];
}

const OF_BODIES = [
  'validation_failed',
  'malformed_json',
  'body_too_large',
  'unsupported_media_type',
];
