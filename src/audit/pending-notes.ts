import type { Happening } from './audit-event.js';

/** Notes alike, at the time of the first. */
export interface Note {
  readonly happening: Happening;
  readonly at: Date;
  count: number;
}

/** Notes that are kept one by one; past it those alike are one note with a count. */
export const KEPT_APART = 2000;
/** Notes that are kept at all; past it only what happened is counted. */
export const KEPT = 10_000;

/** What waits to be written. However many come: nothing is forgotten, and it takes no more room than this. */
export class PendingNotes {
  readonly #notes: Note[] = [];
  readonly #alike = new Map<string, Note>();

  get size(): number {
    return this.#notes.length;
  }

  add(happening: Happening, at: Date): void {
    if (this.#notes.length < KEPT_APART) {
      this.#notes.push({ happening, at, count: 1 });
      return;
    }
    if (this.count(likeness(happening))) return;
    if (this.#notes.length < KEPT) this.keep(likeness(happening), { happening, at, count: 1 });
    else this.addWithoutName(happening, at);
  }

  /** Takes out the oldest ones, at most this many. */
  take(count: number): readonly Note[] {
    const taken = this.#notes.splice(0, count);
    const gone = new Set(taken);
    for (const [key, note] of this.#alike) if (gone.has(note)) this.#alike.delete(key);
    return taken;
  }

  private addWithoutName({ action, outcome }: Happening, at: Date): void {
    const key = `${action} ${outcome}`;
    if (this.count(key)) return;
    this.keep(key, { happening: { action, outcome, details: { folded: true } }, at, count: 1 });
  }

  private count(key: string): boolean {
    const note = this.#alike.get(key);
    if (note) note.count++;
    return note !== undefined;
  }

  private keep(key: string, note: Note): void {
    this.#notes.push(note);
    this.#alike.set(key, note);
  }
}

/** The same action on the same account from the same address, with the same key, for the same reason. */
const likeness = ({ action, outcome, actorId, subjectId, caller, details }: Happening): string =>
  JSON.stringify([action, outcome, actorId, subjectId, caller?.ip, caller?.apiKeyId, details]);
