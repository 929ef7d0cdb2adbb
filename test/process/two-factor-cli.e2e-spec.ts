import { LogBook } from '../support/audit.js';
import { withAuthenticator } from '../support/authenticator.js';
import { FactorResets } from '../support/factor-resets.js';
import { heard } from '../support/heard.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { cleanUpCli, cli, compileCli } from './cli-support.js';

describe('The command `two-factor`', () => {
  let test: TestApp;
  let resets: FactorResets;

  beforeAll(async () => {
    compileCli();
    test = await startTestApp();
    resets = new FactorResets(test);
  });
  afterAll(async () => {
    cleanUpCli();
    await test.close();
  });

  it('takes second factors away at once, ends sessions beside a running server, and leaves the password', async () => {
    const { ann } = await resets.waiting();
    const { accessToken } = await ann.signIn();
    const { deviceToken } = await ann.trusts();
    const client = resets.office.make.client.as(accessToken);
    expect((await client.me()).status).toBe(200);
    const ended = await cli(`two-factor reset --email ${ann.made.email}`);
    expect(ended).toMatchObject({
      code: 0,
      out: `${ann.made.email} has no second factor any more. Sessions ended: 2. Tell her: no mail is sent.\n`,
    });
    await heard(test);
    expectProblem(await client.me(), 401, 'invalid_token');
    expect(await resets.standing(ann.id)).toEqual({ factors: 0, resets: 0, sessions: 0 });
    const { body } = await ann.begin(deviceToken);
    const claims = Buffer.from(body.accessToken.split('.')[1] ?? '', 'base64url').toString();
    expect(JSON.parse(claims)).toMatchObject({ amr: ['pwd'], acr: 'aal1' });
    const [event] = (await (await LogBook.of(test)).about(ann.id)).filter(
      ({ action }) => action === 'two_factor_reset',
    );
    expect(event).toMatchObject({ actorId: null, details: { by: 'command line' } });
    expect(await cli(`two-factor reset --email ${ann.made.email}`)).toMatchObject({
      code: 0,
      out: `${ann.made.email} has no second factor.\n`,
    });
  });

  it('lists those of staff who have none', async () => {
    const { make } = resets.office;
    const [root, staff, safe, gone, other] = await Promise.all([
      make.user({ isSuperuser: true }),
      make.user({ isStaff: true }),
      make.user({ isStaff: true }),
      make.user({ isStaff: true, isActive: false }),
      make.user(),
    ]);
    await withAuthenticator(test, safe.user.id);
    const { code, out } = await cli('two-factor list');
    expect(code).toBe(0);
    const lines = out.trim().split('\n');
    expect(lines).toContain(`${root.email}  superuser`);
    expect(lines).toContain(`${staff.email}  staff`);
    for (const { email } of [safe, gone, other]) expect(out).not.toContain(email);
  });

  it.each([
    'two-factor',
    'two-factor remove',
    'two-factor reset',
    'two-factor list --email ann@example.com',
    'two-factor reset --mail ann@example.com',
  ])('is not called with `%s`', async (words) => {
    expect((await cli(words)).code).toBe(2);
  });

  it('tells of an address that nobody has', async () => {
    const { code, err } = await cli('two-factor reset --email nobody@example.com');
    expect({ code, err }).toEqual({ code: 1, err: 'Nobody signs in with nobody@example.com.\n' });
  });
});
