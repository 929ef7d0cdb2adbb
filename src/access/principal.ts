import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { NotAuthenticated } from '../common/failures.js';
import { type Guarded, guardedRequest } from './guarded-request.js';
import type { Scopes } from './scopes.js';

/** Whose request it is, as far as access is concerned; the User entity fits. */
export interface Actor {
  readonly id: string;
  readonly isStaff: boolean;
  readonly isSuperuser: boolean;
  /** From when on a second factor is demanded of her who must have one; null or absent: it did not concern her yet. */
  readonly twoFactorDueAt?: Date | null;
}

/** Who is calling, by which credential, how recently proved, how narrowly. */
export interface Principal {
  readonly user: Actor;
  readonly via: 'session' | 'jwt' | 'api-key';
  readonly sessionId?: string;
  /** By which API key. */
  readonly apiKeyId?: string;
  /** Absent for API keys, which therefore are never "recent". */
  readonly authenticatedAt?: Date;
  /** When a second factor was proved last; absent: none was, or it is an API key. */
  readonly twoFactorAt?: Date;
  /** From when on, without one, nothing but the enrolment calls is open; absent: none was demanded at the sign-in. */
  readonly enrollBy?: Date;
  /** How it was proved: RFC 8176 values such as `pwd`. */
  readonly methods: readonly string[];
  /** Absent: all that the user may. Scopes only ever narrow. */
  readonly scopes?: Scopes;
}

/** What the door judges: a request, or a message of a socket or of another service. */
export type GuardedRequest = Guarded<Principal>;

/** A request as it leaves the door. */
export type AuthenticatedRequest = FastifyRequest & { principal?: Principal };

/** A request of a route that demands a principal. */
export type PrincipalRequest = FastifyRequest & { readonly principal: Principal };

/** The principal, or undefined: a stranger, on a route that `ANONYMOUS_PERMISSIONS` opens. */
export const MaybePrincipal = createParamDecorator(
  (_: undefined, context: ExecutionContext): Principal | undefined =>
    guardedRequest<Principal>(context).principal,
);

/**
 * The principal of a route that demands one: what the rule lets strangers do, too, they still cannot do here. Pipes run
 * on it as on all that decorators of one's own make, which costs some microseconds of waiting; where that matters, take
 * `@Req()` as a `PrincipalRequest`.
 */
export const CurrentPrincipal = createParamDecorator(
  (_: undefined, context: ExecutionContext): Principal => {
    const { principal } = guardedRequest<Principal>(context);
    if (principal === undefined) throw new NotAuthenticated();
    return principal;
  },
);
