import { randomBytes } from 'node:crypto';
import { v7 as uuidv7 } from 'uuid';
import type { Caller } from '../common/http/caller.js';
import type { AuditAction } from './audit-actions.js';
import type { AuditEvent, AuditOutcome } from './audit-event.entity.js';
import { type AuditProofs, commitmentOf, type Details, type Personal } from './audit-proofs.js';

/** What happened, as a room tells it. Never a password, a token, or what a stranger typed. */
export interface Happening {
  readonly action: AuditAction;
  readonly outcome: AuditOutcome;
  /** Who did it; absent: nobody knows, or the house itself. */
  readonly actorId?: string | undefined;
  /** Which account or group it is about. */
  readonly subjectId?: string | undefined;
  /** Absent: it came from no request, but from the command line or a timer. */
  readonly caller?: Pick<Caller, 'ip' | 'userAgent' | 'requestId' | 'apiKeyId'> | undefined;
  readonly details?: Details;
}

const SALT_BYTES = 16;

/** The row: its personal part under a salted commitment, all of it under the key of the log book. */
export function eventRow(
  happening: Happening,
  { now, count = 1, proofs }: { now: Date; count?: number; proofs: AuditProofs },
): AuditEvent {
  const { action, outcome, actorId, subjectId, caller } = happening;
  const salt = randomBytes(SALT_BYTES);
  const personal = personalOf(happening);
  const bound = {
    id: uuidv7({ msecs: now.getTime() }),
    occurredAt: now,
    action,
    outcome,
    actorId: actorId ?? null,
    subjectId: subjectId ?? null,
    requestId: caller?.requestId ?? null,
    count,
    commitment: commitmentOf(personal, salt),
  };
  return { ...bound, ...personal, salt, mac: proofs.ofEvent(bound), sequence: null, hash: null };
}

/** What was done with an API key says with which. */
const personalOf = ({ caller, details }: Happening): Personal => ({
  ip: caller?.ip ?? null,
  userAgent: caller?.userAgent ?? null,
  details: { ...details, ...(caller?.apiKeyId !== undefined && { apiKeyId: caller.apiKeyId }) },
});
