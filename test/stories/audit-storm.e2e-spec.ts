import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { AuditNotesService } from '../../src/audit/audit-notes.service.js';
import { AuditService } from '../../src/audit/audit.service.js';
import { findings, withOwnDatabase } from '../support/audit.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { WireTap } from '../support/wire-tap.js';

const failedFrom = (ip: string) => ({
  action: 'sign_in' as const,
  outcome: 'failure' as const,
  caller: { ip, userAgent: 'Storm/1', requestId: 'storm-0000-0001' },
  details: { reason: 'unknown_account' },
});

describe('A storm of failed attempts', () => {
  let own: Awaited<ReturnType<typeof withOwnDatabase>>;
  let wire: WireTap;
  let test: TestApp;

  beforeAll(async () => {
    own = await withOwnDatabase('storm');
    wire = await WireTap.before(own.url);
    test = await withWire();
  });
  afterEach(() => {
    jest.restoreAllMocks();
  });
  afterAll(async () => {
    await test.close();
    await wire.cut();
    await own.drop();
  });

  const withWire = () => startTestApp({ environment: { DATABASE_URL: wire.url } });
  const audit = () => test.app.get(AuditService, { strict: false });
  const notes = () => test.app.get(AuditNotesService, { strict: false });
  const attempts = async (ip?: string): Promise<{ rows: number; attempts: number }> => {
    const client = new pg.Client({ connectionString: own.url });
    await client.connect();
    const { rows } = await client.query<{ rows: number; attempts: number }>(
      `SELECT count(*)::int AS rows, coalesce(sum(count), 0)::int AS attempts FROM audit_events
        WHERE outcome = 'failure' AND ($1::text IS NULL OR ip = $1)`,
      [ip ?? null],
    );
    await client.end();
    return rows[0]!;
  };

  it('of 2,000 is written in four statements, each attempt one event', async () => {
    const statements: string[] = [];
    const { query } = pg.Client.prototype as unknown as { query: (...args: unknown[]) => unknown };
    jest.spyOn(pg.Client.prototype, 'query').mockImplementation(function (
      this: pg.Client,
      ...args: unknown[]
    ) {
      statements.push(String(args[0]));
      return query.apply(this, args) as never;
    });
    for (let i = 0; i < 2000; i++) audit().note(failedFrom('203.0.113.1'));
    expect(await notes().flush()).toBe(true);
    expect(statements.filter((text) => text.includes('INSERT INTO "audit_events"'))).toHaveLength(
      4,
    );
    expect(await attempts('203.0.113.1')).toEqual({ rows: 2000, attempts: 2000 });
    expect(await findings(test)).toEqual([]);
  });

  it('beyond that is folded into one event for those alike, and none is lost', async () => {
    for (let i = 0; i < 50_000; i++) audit().note(failedFrom('203.0.113.2'));
    await notes().flush();
    expect(await attempts('203.0.113.2')).toEqual({ rows: 2001, attempts: 50_000 });
  });

  it('is written by itself, a moment later', async () => {
    audit().note(failedFrom('203.0.113.3'));
    for (let i = 0; i < 200 && (await attempts('203.0.113.3')).rows === 0; i++) await sleep(25);
    expect(await attempts('203.0.113.3')).toEqual({ rows: 1, attempts: 1 });
  });

  it('waits while the database is away, and each attempt is written once', async () => {
    await wire.cut();
    for (let i = 0; i < 700; i++) audit().note(failedFrom('203.0.113.4'));
    expect(await notes().flush()).toBe(false);
    await wire.reconnect();
    for (let i = 0; i < 100 && !(await notes().flush()); i++) await sleep(50);
    expect(await attempts('203.0.113.4')).toEqual({ rows: 700, attempts: 700 });
    const told = test.logged.filter((line) => line.includes('Failed attempts are written'));
    expect(told).toHaveLength(2); // later, and again
  });

  it('is written to its end when the server stops', async () => {
    for (let i = 0; i < 700; i++) audit().note(failedFrom('203.0.113.5'));
    await test.close();
    expect(await attempts('203.0.113.5')).toEqual({ rows: 700, attempts: 700 });
    test = await withWire();
  });
});
