import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { AuditEvent } from './audit-event.entity.js';

type Detail = string | number | boolean | null;

/** `before` and `after` of a change may be objects of their own. */
export type Details = Readonly<Record<string, Detail | Readonly<Record<string, Detail>>>>;

/** What an event says of a person, and an erasure takes away. */
export type Personal = Pick<AuditEvent, 'ip' | 'userAgent' | 'details'>;
/** What stays, and is proved. */
export type Bound = Pick<
  AuditEvent,
  | 'id'
  | 'occurredAt'
  | 'action'
  | 'outcome'
  | 'actorId'
  | 'subjectId'
  | 'requestId'
  | 'count'
  | 'commitment'
>;
/** A place in the chain: everything up to it hangs on its hash. */
export interface Link {
  readonly sequence: number;
  readonly hash: Buffer;
}
/** A run of places whose events were retired together. */
export interface Run {
  readonly from: number;
  readonly to: Link;
}

/** Before the first event. */
export const GENESIS: Link = { sequence: 0, hash: Buffer.alloc(32) };

/**
 * Binds the personal part without holding it: once the salt is gone with it, nothing can be found out by
 * trying addresses.
 */
export function commitmentOf({ ip, userAgent, details }: Personal, salt: Buffer): Buffer {
  return createHash('sha256')
    .update(salt)
    .update(JSON.stringify([ip, userAgent, sorted(details ?? {})]))
    .digest();
}

/** `jsonb` keeps the order of its own. */
const sorted = (details: Details): unknown[] =>
  Object.entries(details)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => [
      name,
      typeof value === 'object' && value !== null ? sorted(value) : value,
    ]);

/**
 * Proofs under the keys of the log book, newest first: the first proves, all verify. Whoever has the database
 * alone can neither make an event nor move one.
 */
export class AuditProofs {
  constructor(private readonly keys: readonly Buffer[]) {
    if (keys.length === 0) throw new Error('The log book needs a key');
  }

  ofEvent(event: Bound): Buffer {
    return this.prove('event', eventText(event));
  }

  isOfEvent(event: Bound, mac: Buffer): boolean {
    return this.isProof('event', eventText(event), mac);
  }

  /** The next place of the chain, taken by the event with this mac. */
  next({ sequence, hash }: Link, mac: Buffer): Link {
    const place = sequence + 1;
    return { sequence: place, hash: this.prove('link', linkText(place, hash, mac)) };
  }

  follows({ sequence, hash }: Link, mac: Buffer, next: Link): boolean {
    if (next.sequence !== sequence + 1) return false;
    return this.isProof('link', linkText(next.sequence, hash, mac), next.hash);
  }

  ofHead(head: Link): Buffer {
    return this.prove('head', placeText(head));
  }

  isOfHead(head: Link, mac: Buffer): boolean {
    return this.isProof('head', placeText(head), mac);
  }

  ofRun(run: Run): Buffer {
    return this.prove('run', runText(run));
  }

  isOfRun(run: Run, mac: Buffer): boolean {
    return this.isProof('run', runText(run), mac);
  }

  /** Tells equal texts from different ones, and nothing of what they say. */
  pseudonym(text: string): string {
    return this.prove('pseudonym', text).subarray(0, 8).toString('hex');
  }

  private prove(kind: string, text: string, key = this.keys[0]): Buffer {
    return createHmac('sha256', key ?? '')
      .update(`${kind}\n${text}`)
      .digest();
  }

  private isProof(kind: string, text: string, proof: Buffer): boolean {
    return this.keys.some((key) => {
      const expected = this.prove(kind, text, key);
      return expected.length === proof.length && timingSafeEqual(expected, proof);
    });
  }
}

const eventText = (event: Bound): string =>
  JSON.stringify([
    event.id,
    event.occurredAt.toISOString(),
    event.action,
    event.outcome,
    event.actorId,
    event.subjectId,
    event.requestId,
    event.count,
    event.commitment.toString('hex'),
  ]);

const linkText = (sequence: number, previous: Buffer, mac: Buffer): string =>
  `${sequence} ${previous.toString('hex')} ${mac.toString('hex')}`;

const placeText = ({ sequence, hash }: Link): string => `${sequence} ${hash.toString('hex')}`;

const runText = ({ from, to }: Run): string => `${from} ${placeText(to)}`;
