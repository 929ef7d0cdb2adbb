import { Injectable } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { InvalidToken } from '../access/access.errors.js';
import type { GuardedRequest, Principal } from '../access/principal.js';
import type { ApiKeyFact } from '../api-keys/api-key-fact.js';
import { ApiKeyUsesService } from '../api-keys/api-key-uses.service.js';
import { LiveApiKeysService } from '../api-keys/live-api-keys.service.js';
import { AuditService } from '../audit/audit.service.js';
import { addressOf, callerOf } from '../common/http/caller.js';
import { lruOf } from '../common/lru.js';
import { LeasedLimits } from '../rate-limits/leased-limits.service.js';
import { announceLeft, announcePolicy } from '../rate-limits/limit-headers.js';
import type { Standing } from '../rate-limits/quota.js';
import { TooManyRequests } from '../rate-limits/rate-limits.errors.js';
import { AddressNotAllowed } from './auth.errors.js';

/** Refusals of one key at one address are told once in so many milliseconds, and of so many at once. */
const TOLD_AGAIN = 60_000;
const MOST_TOLD = 10_000;

/** A key that was proved, shown by a request. */
export interface ShownKey {
  readonly key: ApiKeyFact;
  readonly principal: Principal;
  readonly request: GuardedRequest;
  /** Messages of sockets have none. */
  readonly reply: FastifyReply | undefined;
}

/** Whether a key that was proved may be used now, from here, and once more. */
@Injectable()
export class ApiKeyAdmission {
  readonly #told = lruOf<true>(MOST_TOLD, { ttl: TOLD_AGAIN });

  constructor(
    private readonly keys: LiveApiKeysService,
    private readonly limits: LeasedLimits,
    private readonly uses: ApiKeyUsesService,
    private readonly audit: AuditService,
  ) {}

  /**
   * At once, unless its rate must be asked of the store. What is refused is no use of it.
   *
   * @throws InvalidToken, AddressNotAllowed, TooManyRequests
   */
  admit(shown: ShownKey): Principal | Promise<Principal> {
    const { key, request } = shown;
    if (!this.keys.isOpen(key)) throw new InvalidToken();
    if (key.allowed !== undefined && !key.allowed.has(request.ip)) this.refuseAddress(key, request);
    if (key.quota === undefined) return this.use(shown);
    const standing = this.limits.peek(key.quota, key.id);
    if (standing !== undefined) return this.useLimited(shown, standing);
    return this.limits.spend(key.quota, key.id).then((spent) => this.useLimited(shown, spent));
  }

  private useLimited(shown: ShownKey, standing: Standing): Principal {
    const { quota, remaining, secondsLeft, allowed } = standing;
    if (shown.reply !== undefined) {
      announcePolicy(shown.reply, quota);
      announceLeft(shown.reply, quota.name, remaining, secondsLeft);
    }
    if (!allowed) throw new TooManyRequests({ retryAfter: secondsLeft });
    return this.use(shown);
  }

  private use({ key, principal, request, reply }: ShownKey): Principal {
    if (key.retiring !== undefined && reply !== undefined) announceEnd(reply, key.retiring);
    this.uses.note(key, request.ip);
    return principal;
  }

  /** Somebody else may have it: its owner finds that in the log book. @throws AddressNotAllowed */
  private refuseAddress({ id, userId }: ApiKeyFact, request: GuardedRequest): never {
    const told = `${id} ${addressOf(request.ip) ?? ''}`;
    if (!this.#told.has(told)) {
      this.#told.set(told, true);
      this.audit.note({
        action: 'api_key_refused',
        outcome: 'failure',
        subjectId: userId,
        caller: callerOf(request),
        details: { apiKeyId: id },
      });
    }
    throw new AddressNotAllowed();
  }
}

/** RFC 9745, RFC 8594. */
function announceEnd(reply: FastifyReply, { since, until }: NonNullable<ApiKeyFact['retiring']>) {
  reply.header('deprecation', `@${Math.floor(since.getTime() / 1000)}`);
  reply.header('sunset', until.toUTCString());
}
