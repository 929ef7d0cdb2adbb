import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import { Month } from '../../../src/audit/month.js';

describe('A month of the log book', () => {
  it('is named after itself', () => {
    const december = Month.of(new Date('2026-12-31T23:59:59.999Z'));
    expect(december.partition).toBe('audit_events_2026_12');
    expect(december.after(1).partition).toBe('audit_events_2027_01');
    expect(Month.ofPartition('audit_events_2027_01')?.start).toBe(december.end);
  });

  it.each(['audit_events_default', 'audit_events_2026_1', 'sessions'])('is not %s', (name) => {
    expect(Month.ofPartition(name)).toBeUndefined();
  });

  it('holds the ids of its own time and no others', () => {
    const times = fc.date({
      min: new Date('2024-01-01'),
      max: new Date('2199-01-01'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(times, (time) => {
        const id = uuidv7({ msecs: time.getTime() });
        const month = Month.of(time);
        expect(month.firstId <= id && id < month.after(1).firstId).toBe(true);
      }),
    );
  });
});
