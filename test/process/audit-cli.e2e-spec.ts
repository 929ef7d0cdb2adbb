import { nameOf } from '../../src/audit/chain-walk.js';
import { LogBook, verify, withOwnDatabase } from '../support/audit.js';
import { someEmail } from '../support/make.js';
import type { TestApp } from '../support/test-app.js';
import { run } from '../support/test-database.js';
import { cleanUpCli, cli, compileCli } from './cli-support.js';

const PASSWORD = 'a lantern under the bridge';

describe('The audit log on the command line', () => {
  let own: Awaited<ReturnType<typeof withOwnDatabase>>;
  let test: TestApp;
  let environment: Record<string, string>;

  beforeAll(async () => {
    compileCli();
    own = await withOwnDatabase('audit_cli');
    test = await own.start();
    const [key] = test.settings.secretKeys ?? [];
    environment = { DATABASE_URL: own.url, SECRET_KEYS: key?.toString('base64') ?? '' };
  });
  afterAll(async () => {
    cleanUpCli();
    await test.close();
    await own.drop();
  });

  it('has what commands did', async () => {
    const email = someEmail();
    const made = await cli(
      `createsuperuser --email ${email} --password-stdin`,
      PASSWORD,
      environment,
    );
    expect(made).toMatchObject({ code: 0, err: '' });
    const changed = await cli(
      `changepassword ${email} --password-stdin`,
      `${PASSWORD}s`,
      environment,
    );
    expect(changed).toMatchObject({ code: 0, err: '' });
    const rows = await test.database.query<{ id: string }[]>(
      'SELECT id FROM users WHERE email = $1',
      [email],
    );
    const book = await LogBook.of(test);
    expect(await book.words(rows[0]!.id)).toEqual([
      'superuser_created success',
      'password_set success',
    ]);
  });

  it('is verified, and found as it was written', async () => {
    const ended = await cli('audit verify', '', environment);
    expect(ended).toMatchObject({ code: 0, err: '' });
    const { events, last } = await verify(test);
    expect(ended.out).toBe(
      `The audit log is as it was written.\nEvents: ${events}, 0 of them of people who were erased.\nHead: ${nameOf(last)}\n`,
    );
    const again = await cli(`audit verify --contains ${nameOf(last)}`, '', environment);
    expect(again).toMatchObject({ code: 0, err: '' });
  });

  it('is found out when somebody changed it, and where', async () => {
    await run(own.url, [
      'SET session_replication_role = replica',
      `UPDATE audit_events SET subject_id = NULL WHERE sequence = 1`,
    ]);
    const ended = await cli('audit verify', '', environment);
    expect(ended.code).toBe(1);
    expect(ended.out).toContain('TAMPERED WITH');
    expect(ended.err).toMatch(/^place 1, event [0-9a-f-]{36}, was changed/);
  });

  it('cannot be verified with other secret keys, and says so', async () => {
    const other = Buffer.from(Array.from({ length: 32 }, (_, i) => (i * 41) % 256));
    const ended = await cli('audit verify', '', {
      ...environment,
      SECRET_KEYS: other.toString('base64'),
    });
    expect(ended.code).toBe(1);
    expect(ended.err).toContain('not what a server wrote');
  });

  it('wants to be told what to do', async () => {
    expect(await cli('audit erase', '', environment)).toMatchObject({ code: 2, out: '' });
  });
});
