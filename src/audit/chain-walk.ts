import type { AuditEvent } from './audit-event.entity.js';
import { type AuditProofs, commitmentOf, GENESIS, type Link, type Run } from './audit-proofs.js';

/** A run whose events were retired, as it is stored. */
export interface ProvedRun extends Run {
  readonly mac: Buffer;
}

/** The newest place, as it is stored. */
export interface ProvedHead extends Link {
  readonly mac: Buffer;
}

/** What was found wrong: where, and what. */
export interface Finding {
  readonly sequence: number | null;
  readonly eventId?: string;
  readonly problem: Problem;
}

export type Problem =
  | 'forged_or_changed'
  | 'personal_part_changed'
  | 'erased_without_erasure'
  | 'events_missing'
  | 'out_of_place'
  | 'newest_events_missing'
  | 'head_not_genuine'
  | 'retirement_not_genuine'
  | 'earlier_head_missing';

/** How a place is written down: `sequence:hash`. */
export const nameOf = ({ sequence, hash }: Link): string => `${sequence}:${hash.toString('hex')}`;

/** Findings that are told one by one; past it they are counted. */
const TOLD = 100;

/**
 * Walks along the chain from its beginning, row by row, and notes what is not as it was written. Keeps
 * nothing of the rows but who was erased.
 */
export class ChainWalk {
  readonly findings: Finding[] = [];
  findingCount = 0;
  events = 0;
  erased = 0;
  unsealed = 0;
  #last: Link = GENESIS;
  /** A place that is still to be passed. */
  #awaited: string | undefined;
  readonly #runs: ProvedRun[];
  /** Persons whose erasure the log itself tells of. */
  readonly #forgotten = new Set<string>();
  /** Erased events, by the persons one of whom must have been forgotten. */
  readonly #owed = new Map<string, { event: AuditEvent; persons: readonly string[] }>();

  constructor(
    private readonly proofs: AuditProofs,
    runs: readonly ProvedRun[],
    /** A place that must be passed, `sequence:hash`. */
    containing?: string,
  ) {
    this.#runs = [...runs].sort((a, b) => a.from - b.from);
    this.#awaited = containing;
  }

  get last(): Link {
    return this.#last;
  }

  /** The next sealed event, in the order of the places. */
  sealed(event: AuditEvent & Link): void {
    this.look(event);
    this.retiredBefore(event.sequence);
    const expected = this.#last.sequence + 1;
    if (event.sequence > expected) this.find('events_missing', expected);
    else if (!this.proofs.follows(this.#last, event.mac, event)) this.find('out_of_place', event);
    this.pass({ sequence: event.sequence, hash: event.hash });
  }

  /** An event that has no place yet. */
  notSealed(event: AuditEvent): void {
    this.unsealed++;
    this.look(event);
  }

  /** After the last event. */
  end(head: ProvedHead | null): void {
    this.retiredBefore(Infinity);
    if (this.#awaited !== undefined) this.find('earlier_head_missing');
    for (const { event, persons } of this.#owed.values()) {
      if (!persons.some((id) => this.#forgotten.has(id))) {
        this.find('erased_without_erasure', event);
      }
    }
    this.compare(head);
  }

  private compare(head: ProvedHead | null): void {
    const { sequence, hash } = this.#last;
    if (head === null || !this.proofs.isOfHead(head, head.mac)) this.find('head_not_genuine');
    else if (head.sequence > sequence) this.find('newest_events_missing', sequence + 1);
    else if (nameOf(head) !== nameOf({ sequence, hash })) this.find('head_not_genuine');
  }

  /** Steps over the runs that lie before this place. */
  private retiredBefore(sequence: number): void {
    for (let [run] = this.#runs; run && run.from < sequence; [run] = this.#runs) {
      this.#runs.shift();
      if (!this.proofs.isOfRun(run, run.mac)) this.find('retirement_not_genuine', run.from);
      if (run.from !== this.#last.sequence + 1) {
        this.find('events_missing', this.#last.sequence + 1);
      }
      this.pass(run.to);
    }
  }

  private pass(place: Link): void {
    this.#last = place;
    if (nameOf(place) === this.#awaited) this.#awaited = undefined;
  }

  /** What an event proves by itself. */
  private look(event: AuditEvent): void {
    this.events++;
    if (!this.proofs.isOfEvent(event, event.mac)) this.find('forged_or_changed', event);
    else if (event.action === 'personal_data_erased' && event.subjectId !== null) {
      this.#forgotten.add(event.subjectId);
    }
    if (event.salt === null) this.owe(event);
    else if (!commitmentOf(event, event.salt).equals(event.commitment)) {
      this.find('personal_part_changed', event);
    }
  }

  private owe(event: AuditEvent): void {
    this.erased++;
    const persons = [event.subjectId, event.actorId].filter((id) => id !== null);
    this.#owed.set(persons.join(' '), { event, persons });
  }

  private find(problem: Problem, where?: AuditEvent | number): void {
    this.findingCount++;
    if (this.findings.length >= TOLD) return;
    if (typeof where === 'object') {
      this.findings.push({ sequence: where.sequence, eventId: where.id, problem });
    } else this.findings.push({ sequence: where ?? null, problem });
  }
}
