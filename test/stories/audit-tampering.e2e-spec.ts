import pg from 'pg';
import { AuditCaretakerService } from '../../src/audit/audit-caretaker.service.js';
import { AuditErasureService } from '../../src/audit/audit-erasure.service.js';
import { nameOf } from '../../src/audit/chain-walk.js';
import { findings, seal, verify, withOwnDatabase } from '../support/audit.js';
import { Make } from '../support/make.js';
import type { TestApp } from '../support/test-app.js';

/** Somebody with all the rights of the database's owner, but without SECRET_KEYS. */
describe('Whoever has the database alone', () => {
  let own: Awaited<ReturnType<typeof withOwnDatabase>>;
  let test: TestApp;
  let intruder: pg.Client;
  let erased: string;

  const tamper = (sql: string, values: unknown[] = []) => intruder.query(sql, values);
  const oldest = 'SELECT id FROM audit_events ORDER BY sequence LIMIT 1';

  beforeAll(async () => {
    own = await withOwnDatabase('tampering');
    test = await own.start();
    const make = new Make(test);
    intruder = new pg.Client({ connectionString: own.url });
    await intruder.connect();
    await tamper('SET session_replication_role = replica'); // triggers do not hold him
    const { user, email, password } = await make.user();
    erased = user.id;
    for (let i = 0; i < 3; i++) await make.client.login(email, password);
    await make.signedIn();
    await make.signedIn();
    await test.database.transaction((manager) =>
      test.app.get(AuditErasureService, { strict: false }).erase(manager, erased),
    );
    await make.signedIn();
    await seal(test);
    await tamper('CREATE TABLE kept_events AS SELECT * FROM audit_events');
    await tamper('CREATE TABLE kept_head AS SELECT * FROM audit_head');
  });
  afterEach(async () => {
    await tamper('DELETE FROM audit_events');
    await tamper('INSERT INTO audit_events SELECT * FROM kept_events');
    await tamper('DELETE FROM audit_head');
    await tamper('INSERT INTO audit_head SELECT * FROM kept_head');
    await tamper('DELETE FROM audit_retired_runs');
    expect(await findings(test)).toEqual([]);
  });
  afterAll(async () => {
    await intruder.end();
    await test.close();
    await own.drop();
  });

  it('finds the log as it was written, a person erased in it', async () => {
    expect(await verify(test)).toMatchObject({ findingCount: 0, events: 7, erased: 3 });
  });

  it.each([
    ['the action', `action = 'sign_out'`],
    ['the outcome', `outcome = 'failure'`],
    ['the actor', `actor_id = gen_random_uuid()`],
    ['the account', `subject_id = NULL`],
    ['the time', `occurred_at = occurred_at - interval '1 minute'`],
    ['the request', `request_id = 'another-one'`],
    ['the count', `count = 2`],
    ['the commitment', `commitment = sha256('')`],
    ['the proof', `mac = sha256('')`],
  ])('cannot change %s of an event', async (_, change) => {
    await tamper(`UPDATE audit_events SET ${change} WHERE id = (${oldest})`);
    expect(await findings(test)).toContain('forged_or_changed');
  });

  it.each([
    ['the address', `ip = '203.0.113.9'`],
    ['the client', `user_agent = 'Another/1'`],
    ['the details', `details = details || '{"transport":"cookie"}'`],
    ['the salt', `salt = sha256('')`],
  ])('cannot change %s', async (_, change) => {
    const { rowCount } = await tamper(
      `UPDATE audit_events SET ${change} WHERE salt IS NOT NULL AND sequence = 5`,
    );
    expect(rowCount).toBe(1);
    expect(await findings(test)).toEqual(['personal_part_changed']);
  });

  it('cannot remove an event, the first or another', async () => {
    await tamper('DELETE FROM audit_events WHERE sequence IN (1, 3)');
    expect(await findings(test)).toEqual(['events_missing', 'events_missing']);
  });

  it('cannot remove one and close the gap', async () => {
    await tamper('DELETE FROM audit_events WHERE sequence = 3');
    await tamper('UPDATE audit_events SET sequence = sequence - 1 WHERE sequence > 3');
    await tamper('UPDATE audit_head SET sequence = sequence - 1');
    expect(await findings(test)).toEqual(
      expect.arrayContaining(['out_of_place', 'head_not_genuine']),
    );
  });

  it('cannot let two change places', async () => {
    await tamper(
      `UPDATE audit_events a SET sequence = b.sequence, hash = b.hash FROM audit_events b
        WHERE a.sequence IN (4, 5) AND b.sequence IN (4, 5) AND a.sequence <> b.sequence`,
    );
    expect(await findings(test)).toEqual(['out_of_place', 'out_of_place']);
  });

  it('cannot add an event, nor one of another account by copying it', async () => {
    await tamper(
      `INSERT INTO audit_events SELECT gen_random_uuid(), occurred_at, action, outcome, actor_id, subject_id,
              request_id, count, ip, user_agent, details, salt, commitment, mac, NULL, NULL
         FROM audit_events WHERE sequence = 5`,
    );
    expect(await findings(test)).toEqual(['forged_or_changed']);
  });

  it('cannot put one event into two places', async () => {
    await tamper('UPDATE audit_events SET sequence = 4 WHERE sequence = 5');
    expect(await findings(test)).toEqual(['out_of_place', 'events_missing']);
  });

  it('cannot cut off the newest', async () => {
    await tamper('DELETE FROM audit_events WHERE sequence > 5');
    expect(await findings(test)).toContain('newest_events_missing');
  });

  it('cannot cut off the newest and set back the head', async () => {
    await tamper('DELETE FROM audit_events WHERE sequence > 5');
    await tamper(
      'UPDATE audit_head SET (sequence, hash) = (SELECT sequence, hash FROM audit_events WHERE sequence = 5)',
    );
    expect(await findings(test)).toContain('head_not_genuine');
  });

  it('cannot begin anew', async () => {
    await tamper('DELETE FROM audit_events');
    await tamper('DELETE FROM audit_head');
    expect(await findings(test)).toEqual(['head_not_genuine']);
    await seal(test);
    expect(test.logged.some((line) => line.includes('head of the audit log is not genuine'))).toBe(
      true,
    );
  });

  it('cannot put all of it back to an earlier state, if somebody noted the head', async () => {
    const { last } = await verify(test);
    await new Make(test).signedIn();
    const later = (await verify(test, nameOf(last))).last;
    expect(await findings(test, nameOf(later))).toEqual([]);
    await tamper('DELETE FROM audit_events');
    await tamper('INSERT INTO audit_events SELECT * FROM kept_events');
    await tamper('DELETE FROM audit_head');
    await tamper('INSERT INTO audit_head SELECT * FROM kept_head');
    expect(await findings(test, nameOf(later))).toEqual(['earlier_head_missing']);
  });

  it('does not have the log lines, which tell the head every hour', async () => {
    const { last } = await verify(test);
    await test.app.get(AuditCaretakerService, { strict: false }).tend();
    const told = test.logged.filter((line) => line.includes('Head of the audit log: '));
    expect(told.at(-1)).toContain(nameOf(last));
  });

  it('cannot pass off an erasure that nobody made', async () => {
    await tamper(
      'UPDATE audit_events SET salt = NULL, ip = NULL, user_agent = NULL, details = NULL WHERE sequence = 5',
    );
    expect(await findings(test)).toEqual(['erased_without_erasure']);
  });

  it('cannot claim an erasure by an event of her own', async () => {
    await tamper(
      'UPDATE audit_events SET salt = NULL, ip = NULL, user_agent = NULL, details = NULL WHERE sequence = 5',
    );
    await tamper(
      `INSERT INTO audit_events SELECT gen_random_uuid(), occurred_at, action, outcome, actor_id,
              (SELECT subject_id FROM audit_events WHERE sequence = 5),
              request_id, count, ip, user_agent, details, salt, commitment, mac, NULL, NULL
         FROM audit_events WHERE action = 'personal_data_erased'`,
    );
    expect((await findings(test)).sort()).toEqual(['erased_without_erasure', 'forged_or_changed']);
  });

  it('cannot pass off a removal as retirement', async () => {
    await tamper('DELETE FROM audit_events WHERE sequence <= 2');
    await tamper(
      `INSERT INTO audit_retired_runs SELECT 1, sequence, hash, sha256('') FROM kept_events WHERE sequence = 2`,
    );
    expect(await findings(test)).toEqual(['retirement_not_genuine']);
  });

  it('learns nothing of the erased from what is left', async () => {
    const { rows } = await tamper('SELECT * FROM audit_events WHERE subject_id = $1 ORDER BY id', [
      erased,
    ]);
    for (const row of rows.slice(0, 3)) {
      expect(row).toMatchObject({ ip: null, user_agent: null, details: null, salt: null });
    }
    expect(rows).toHaveLength(4);
  });
});
