import fc from 'fast-check';
import type { Happening } from '../../../src/audit/audit-event.js';
import { KEPT, KEPT_APART, PendingNotes } from '../../../src/audit/pending-notes.js';

const at = new Date(0);
const from = (ip: string): Happening => ({
  action: 'sign_in',
  outcome: 'failure',
  caller: { ip, userAgent: undefined, requestId: 'r' },
});
const total = (notes: PendingNotes): number =>
  notes.take(Infinity).reduce((sum, { count }) => sum + count, 0);

describe('Notes that wait', () => {
  it('are kept one by one while they are few', () => {
    const notes = new PendingNotes();
    for (let i = 0; i < KEPT_APART; i++) notes.add(from('a'), at);
    expect(notes.size).toBe(KEPT_APART);
  });

  it('are counted when they are many and alike', () => {
    const notes = new PendingNotes();
    for (let i = 0; i < KEPT_APART + 500; i++) notes.add(from('a'), at);
    expect(notes.size).toBe(KEPT_APART + 1);
    expect(notes.take(Infinity).at(-1)).toMatchObject({ count: 500, happening: from('a') });
  });

  it('take no more room than they may, from however many addresses they come', () => {
    const notes = new PendingNotes();
    for (let i = 0; i < 100_000; i++) notes.add(from(String(i)), at);
    expect(notes.size).toBe(KEPT + 1);
    expect(total(notes)).toBe(100_000);
  });

  it('are lost by no order of adding and taking', () => {
    const step = fc.oneof(
      fc.record({ add: fc.integer({ min: 1, max: 4000 }), ip: fc.constantFrom('a', 'b', 'c') }),
      fc.record({ take: fc.integer({ min: 1, max: 1000 }) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
        const notes = new PendingNotes();
        let added = 0;
        let taken = 0;
        for (const each of steps) {
          if ('add' in each) {
            for (let i = 0; i < each.add; i++) notes.add(from(each.ip), at);
            added += each.add;
          } else for (const { count } of notes.take(each.take)) taken += count;
        }
        expect(taken + total(notes)).toBe(added);
      }),
      { numRuns: 50 },
    );
  });
});
