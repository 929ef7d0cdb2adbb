import { type AccessRule, admitsApiKeys } from '../access/access-rule.js';
import type { Route } from '../auth/route.js';
import { FAILS_EXTENSION } from '../common/api-docs.js';
import type { Operation } from './operations.js';

/** The codes of everything that can go wrong with a route: its own first, everybody's last. */
export function failuresOf(operation: Operation, route: Route): Set<string> {
  const own = (operation[FAILS_EXTENSION] as string[] | undefined) ?? [];
  return new Set([...own, ...byRequest(operation, route), ...byRule(route), ...EVERY_ROUTE]);
}

type Closed = Exclude<AccessRule, { kind: 'public' }>;

const EVERY_ROUTE = [
  'malformed_request',
  'ambiguous_credentials',
  'invalid_token',
  'request_timeout',
  'headers_too_large',
  'internal_error',
  'service_unavailable',
];

function byRule({ rule, method }: Route): string[] {
  if (rule === undefined || rule.kind === 'public') return [];
  const signedIn = [
    'not_authenticated',
    'session_expired',
    ...(method === 'GET' ? [] : ['csrf_failed']),
    ...byProof(rule),
    ...byKey(rule),
  ];
  if (rule.kind === 'login') return signedIn;
  return [...signedIn, 'permission_denied', ...(rule.kind === 'object' ? ['not_found'] : [])];
}

function byProof(rule: Closed): string[] {
  const isRecent = rule.recent ?? rule.twoFactor?.recent ?? false;
  const isOfEnrollment = rule.kind === 'login' && rule.enrollment;
  return [
    ...(isRecent ? ['reauthentication_required'] : []),
    ...(isOfEnrollment ? [] : OF_LEVEL_ONE),
  ];
}

/** A key is told first what it is not for, then from where; what it may be used for on which object, last. */
function byKey(rule: Closed): string[] {
  if (!admitsApiKeys(rule)) return ['api_key_not_allowed'];
  return [
    'address_not_allowed',
    'too_many_requests',
    ...(rule.kind === 'login' ? [] : ['insufficient_scope']),
  ];
}

function byRequest({ requestBody, parameters = [] }: Operation, { method }: Route): string[] {
  const checked = requestBody !== undefined || parameters.some((each) => each.in === 'query');
  return [
    ...(parameters.length > 0 ? ['address_too_long'] : []),
    ...(checked ? ['validation_failed'] : []),
    ...(method === 'GET' ? [] : OF_BODIES),
  ];
}

/** To who has proved no second factor, where one is demanded. */
const OF_LEVEL_ONE = ['two_factor_required', 'two_factor_enrollment_required'];

/** Also where no body is expected: what comes is read first. */
const OF_BODIES = ['malformed_json', 'body_too_large', 'unsupported_media_type'];
