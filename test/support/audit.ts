import { AuditNotesService } from '../../src/audit/audit-notes.service.js';
import { AuditSealerService } from '../../src/audit/audit-sealer.service.js';
import { AuditVerificationService } from '../../src/audit/audit-verification.service.js';
import type { AuditEventDto } from '../../src/audit/audit.dto.js';
import type { ChainWalk } from '../../src/audit/chain-walk.js';
import { type MadeUser, Make } from './make.js';
import { startTestApp, type TestApp, type TestAppOptions } from './test-app.js';
import { run, withDatabase } from './test-database.js';

/** The log book of one application, read as the office reads it. */
export class LogBook {
  private constructor(
    private readonly test: TestApp,
    private readonly reader: MadeUser,
  ) {}

  static async of(test: TestApp): Promise<LogBook> {
    return new LogBook(test, await new Make(test).user({ isSuperuser: true }));
  }

  /** What concerns this account, oldest first; what waits to be written is written before. */
  async about(subjectId: string): Promise<AuditEventDto[]> {
    const items = await this.read(`subjectId=${subjectId}`);
    return items.reverse();
  }

  async words(subjectId: string): Promise<string[]> {
    return (await this.about(subjectId)).map(({ action, outcome }) => `${action} ${outcome}`);
  }

  async read(query: string): Promise<AuditEventDto[]> {
    await this.test.app.get(AuditNotesService, { strict: false }).flush();
    const url = `/v1/audit-events?limit=200&${query}`;
    const { client } = new Make(this.test);
    const { email, password } = this.reader;
    const signedIn = await client.login(email, password); // anew: the story may have moved the clock
    const { body } = await client
      .as(signedIn.body.accessToken)
      .get<{ items: AuditEventDto[] }>(url);
    return body.items;
  }
}

export const seal = (test: TestApp): Promise<number> =>
  test.app.get(AuditSealerService, { strict: false }).seal();

export async function verify(test: TestApp, containing?: string): Promise<ChainWalk> {
  await test.app.get(AuditNotesService, { strict: false }).flush();
  return test.app.get(AuditVerificationService, { strict: false }).verify(containing);
}

/** What the verification finds, in words. */
export const findings = async (test: TestApp, containing?: string): Promise<string[]> =>
  (await verify(test, containing)).findings.map(({ problem }) => problem);

/** An application with a database of its own, whose log book nobody else writes. */
export async function withOwnDatabase(
  name: string,
  options: TestAppOptions = {},
): Promise<{ url: string; start: () => Promise<TestApp>; drop: () => Promise<void> }> {
  const server = process.env['DATABASE_URL'] ?? '';
  const own = `${name}_${process.env['JEST_WORKER_ID'] ?? '1'}`;
  const drop = () => run(server, [`DROP DATABASE IF EXISTS ${own} WITH (FORCE)`]);
  await drop();
  await run(server, [`CREATE DATABASE ${own} TEMPLATE template`]);
  const url = withDatabase(server, own);
  const environment = { ...options.environment, DATABASE_URL: url };
  return { url, start: () => startTestApp({ ...options, environment }), drop };
}
