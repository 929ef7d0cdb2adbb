import { AuditCaretakerService } from '../../src/audit/audit-caretaker.service.js';
import { AuditService } from '../../src/audit/audit.service.js';
import { seal, verify, withOwnDatabase } from '../support/audit.js';
import type { TestApp } from '../support/test-app.js';

const DAY = 86_400;

describe('The months of the audit log', () => {
  let own: Awaited<ReturnType<typeof withOwnDatabase>>;
  let test: TestApp;

  beforeEach(async () => {
    own = await withOwnDatabase('months', { environment: { AUDIT_RETENTION: '90' } });
    test = await own.start();
    await tend();
  });
  afterEach(async () => {
    await test.close();
    await own.drop();
  });

  const tend = () => test.app.get(AuditCaretakerService, { strict: false }).tend();
  const record = () =>
    test.database.transaction((manager) =>
      test.app
        .get(AuditService, { strict: false })
        .record(manager, { action: 'password_set', outcome: 'success' }),
    );
  const partitions = async (): Promise<string[]> => {
    const rows = await test.database.query<{ name: string }[]>(
      `SELECT inhrelid::regclass::text AS name FROM pg_inherits
        WHERE inhparent = 'audit_events'::regclass ORDER BY 1`,
    );
    return rows.map(({ name }) => name);
  };
  const inDefault = async (): Promise<number> =>
    (await test.database.query<unknown[]>('SELECT 1 FROM audit_events_default')).length;

  it('have their partitions beforehand: this one and the two that come', async () => {
    expect(await partitions()).toHaveLength(4);
    await record();
    test.clock.forward(31 * DAY);
    await record();
    expect(await inDefault()).toBe(0);
    await tend();
    expect(await partitions()).toHaveLength(5);
  });

  it('that nobody prepared keep nobody from anything, and are put in order later', async () => {
    test.clock.forward(300 * DAY);
    await record();
    await seal(test);
    await record();
    expect(await inDefault()).toBe(2);
    await Promise.all([tend(), tend()]);
    expect(await inDefault()).toBe(0);
    expect(await verify(test)).toMatchObject({ findingCount: 0 });
    await expect(test.database.query('DELETE FROM audit_events')).rejects.toThrow('written once');
  });

  it('are retired when they are too old, and the chain verifies from there on', async () => {
    await record();
    await record();
    await seal(test);
    test.clock.forward(35 * DAY);
    await record();
    await seal(test);
    test.clock.forward(95 * DAY);
    await record();
    await tend();
    const walk = await verify(test);
    expect(walk.findings).toEqual([]);
    const [{ count } = { count: 0 }] = await test.database.query<{ count: number }[]>(
      `SELECT count(*)::int FROM audit_events WHERE action = 'password_set'`,
    );
    expect(count).toBeLessThan(4);
    expect(walk.last.sequence).toBeGreaterThan(walk.events);
    const retired = await test.database.query<unknown[]>(
      `SELECT 1 FROM audit_events WHERE action = 'audit_events_retired'`,
    );
    expect(retired.length).toBeGreaterThan(0);
  });

  it('are retired though one of their events was sealed after later months began', async () => {
    await record();
    const late = test.database.createQueryRunner();
    await late.startTransaction();
    await test.app
      .get(AuditService, { strict: false })
      .record(late.manager, { action: 'password_set', outcome: 'success' });
    test.clock.forward(40 * DAY);
    await record();
    await seal(test);
    await late.commitTransaction();
    await late.release();
    await record();
    await seal(test);
    test.clock.forward(95 * DAY);
    await tend();
    const runs = await test.database.query<unknown[]>('SELECT 1 FROM audit_retired_runs');
    expect(runs).toHaveLength(2);
    expect(await verify(test)).toMatchObject({ findingCount: 0 });
  });

  it('are kept while they hold an event that is not sealed yet', async () => {
    await record();
    const [month] = await partitions();
    test.clock.forward(200 * DAY);
    await tend();
    expect(await partitions()).toContain(month);
  });
});

describe('A retention of 0', () => {
  it('keeps everything', async () => {
    const own = await withOwnDatabase('months', { environment: { AUDIT_RETENTION: '0' } });
    const test = await own.start();
    await test.database.transaction((manager) =>
      test.app
        .get(AuditService, { strict: false })
        .record(manager, { action: 'password_set', outcome: 'success' }),
    );
    await seal(test);
    test.clock.forward(3000 * DAY);
    await test.app.get(AuditCaretakerService, { strict: false }).tend();
    expect(await verify(test)).toMatchObject({ events: 1, findingCount: 0 });
    await test.close();
    await own.drop();
  });
});
