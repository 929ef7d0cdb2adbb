import { definedResources } from '../../src/access/permission-name.js';
import { userPermissions } from '../../src/users/users.permissions.js';
import { userHolder } from '../support/grants.js';
import { Make } from '../support/make.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { cleanUpCli, cli, compileCli } from './cli-support.js';

const STALE = ['attic.burn_letter', 'attic.view_letter'];

describe('The command `permissions`', () => {
  let test: TestApp;

  beforeAll(async () => {
    compileCli();
    test = await startTestApp();
    // Other stories share the database, and define kinds of things of their own.
    const defined = definedResources().flatMap(({ permissions }) => Object.values(permissions));
    await test.database.query('DELETE FROM permissions WHERE name <> ALL ($1)', [defined]);
  });
  beforeEach(async () => {
    await test.database.query(
      `INSERT INTO permissions (name, resource) SELECT name, 'attic.letter' FROM unnest($1::text[]) AS name
       ON CONFLICT DO NOTHING`,
      [STALE],
    );
  });
  afterAll(async () => {
    cleanUpCli();
    await test.database.query('DELETE FROM permissions WHERE name = ANY($1)', [STALE]);
    await test.close();
  });

  const holding = async (name: string, expiresAt: Date | null = null) => {
    const { user } = await new Make(test).user();
    await test.database.query(
      `INSERT INTO user_permissions (user_id, permission_id, expires_at, created_at)
       SELECT $1, id, $3, now() FROM permissions WHERE name = $2`,
      [userHolder(user).id, name, expiresAt],
    );
  };
  const names = async () =>
    (await test.database.query<{ name: string }[]>('SELECT name FROM permissions')).map(
      ({ name }) => name,
    );

  it('lists what can be held, and marks what no code defines', async () => {
    const { code, out } = await cli('permissions');
    expect(code).toBe(0);
    const lines = out.trim().split('\n');
    expect(lines).toEqual(expect.arrayContaining([`${STALE[0]!}  stale`, userPermissions.view]));
    expect(lines.filter((line) => line.endsWith('stale'))).toHaveLength(2);
  });

  it('removes what nobody holds any more, and tells of the rest', async () => {
    await holding('attic.burn_letter');
    await holding('attic.view_letter', test.clock.in(-60));
    const before = await names();
    const { code, out } = await cli('permissions prune');
    expect({ code, out }).toEqual({
      code: 0,
      out: [
        'Permissions removed: 1.',
        '  attic.view_letter',
        'Somebody still holds these; --held removes them, too:',
        '  attic.burn_letter',
        '',
      ].join('\n'),
    });
    expect((await names()).sort()).toEqual(
      before.filter((name) => name !== 'attic.view_letter').sort(),
    );
  });

  it('removes what is held when it is told to, and the log book knows', async () => {
    await holding('attic.burn_letter');
    expect((await cli('permissions prune --held')).code).toBe(0);
    expect(await names()).not.toContain('attic.burn_letter');
    const [event] = await test.database.query<{ details: unknown }[]>(
      `SELECT details FROM audit_events WHERE action = 'stale_permission_removed'
        AND details->>'permission' = 'attic.burn_letter'`,
    );
    expect(event?.details).toEqual({ permission: 'attic.burn_letter', by: 'command line' });
    expect(await cli('permissions prune')).toMatchObject({
      code: 0,
      out: 'Permissions removed: 0.\n',
    });
  });

  it.each(['permissions purge', 'permissions --held'])('is not called with `%s`', async (words) => {
    expect((await cli(words)).code).toBe(2);
  });
});
