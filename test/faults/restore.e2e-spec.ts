import { cleanUpCli, cli, compileCli } from '../process/cli-support.js';
import { GOOD_PASSWORD } from '../support/make.js';
import { removeProgram } from '../support/server-process.js';
import { type Answered, ask, type Question } from './ask.js';
import type { Member } from './cast.js';
import { describeFleet, Fleet } from './fleet.js';
import { violations } from './invariants.js';

jest.setTimeout(120_000);

const bearer = (token: unknown) => ({ authorization: `Bearer ${String(token)}` });

describeFleet('A database that is put back to its backup', () => {
  const fleet = new Fleet({ nodes: 1 });
  const people: Record<'ann' | 'bea' | 'cleo' | 'admin', Member> = {} as never;
  let resetToken: string;
  let usedRefresh: string;
  let access: unknown;
  let key: { id: string; key: string };

  const api = (method: string, path: string, question?: Question): Promise<Answered> =>
    ask(method, `${fleet.url(0)}/v1/${path}`, question);
  const refresh = (refreshToken: string) => api('POST', 'auth/refresh', { body: { refreshToken } });
  /** Somebody who has proved herself just now. */
  const freshly = async ({ id }: Member) => {
    const { body } = await refresh(await fleet.cast.refreshToken(id));
    return bearer(body['accessToken']);
  };
  const command = async (words: string) => {
    const environment = await fleet.environment(0);
    return cli(words, '', environment);
  };
  const mailed = async (address: string) => {
    for (let i = 0; i < 500; i++) {
      const token = fleet.mails.arrived.find(({ to }) => to === address)?.token;
      if (token !== undefined) return token;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    throw new Error('No mail came');
  };

  /** Everything that was ended since, used by whoever has kept it. */
  const replayed = async () => ({
    cookie: (await api('GET', 'users/me', { headers: { cookie: people.ann.cookie } })).status,
    accessToken: (await api('GET', 'users/me', { headers: bearer(access) })).status,
    deactivated: (await api('GET', 'users/me', { headers: { cookie: people.cleo.cookie } })).status,
    link: (await api('POST', 'auth/password/reset/check', { body: { token: resetToken } })).status,
    refreshToken: (await refresh(usedRefresh)).status,
    apiKey: (await api('GET', 'users/me', { headers: { 'x-api-key': key.key } })).status,
  });

  beforeAll(async () => {
    compileCli();
    await fleet.start();
    for (const name of ['ann', 'bea', 'cleo'] as const) people[name] = await fleet.cast.member();
    people.admin = await fleet.cast.member({ isSuperuser: true });
    await api('POST', 'auth/password/forgot', { body: { email: people.bea.email } });
    resetToken = await mailed(people.bea.email);
    const made = await api('POST', 'users/me/api-keys', {
      headers: await freshly(people.ann),
      body: { name: 'a server' },
    });
    key = { id: String(made.body['id']), key: String(made.body['key']) };
    usedRefresh = String((await refresh(people.ann.next)).body['refreshToken']);
    await fleet.query(
      `INSERT INTO known_devices (id, user_id, secret_hash, created_at, last_used_at, trusted_at, trusted_until)
       VALUES ('${people.ann.id}', '${people.ann.id}', '', now(), now(), now(), now() + interval '1 day')`,
    );
    await fleet.query(
      `INSERT INTO recovery_codes (id, user_id, code_hash, created_at)
       VALUES ('${people.ann.id}', '${people.ann.id}', '', now())`,
    );
    await fleet.query(
      `INSERT INTO two_factor_resets (user_id, reason, created_at, due_at)
       VALUES ('${people.ann.id}', 'lost', now(), now() + interval '1 day')`,
    );
    await fleet.backUp();
  });

  afterAll(async () => {
    await fleet.stop();
    removeProgram();
    cleanUpCli();
  });

  it('T14 brings back what was ended since, until `after-restore` ends it again', async () => {
    ({
      body: { accessToken: access },
    } = await refresh(usedRefresh));
    const headers = await freshly(people.admin);
    const own = await freshly(people.ann);
    const statuses = [
      await api('DELETE', `users/me/api-keys/${key.id}`, { headers: own }),
      await api('POST', 'auth/logout/all', { headers: own }),
      await api('POST', 'auth/password/reset', {
        body: { token: resetToken, newPassword: `${GOOD_PASSWORD} and more` },
      }),
      await api('PATCH', `users/${people.cleo.id}`, { headers, body: { isActive: false } }),
    ].map(({ status }) => status);
    expect(statuses).toEqual([204, 204, 204, 200]);
    const over = {
      cookie: 401,
      accessToken: 401,
      deactivated: 401,
      link: 400,
      refreshToken: 401,
      apiKey: 401,
    };
    expect(await replayed()).toEqual(over);

    await fleet.nodes[0]?.kill();
    await fleet.putBack();
    await fleet.launch(0);
    expect(await replayed()).toEqual({
      cookie: 200,
      accessToken: 200,
      deactivated: 200,
      link: 204,
      refreshToken: 200,
      apiKey: 200,
    });

    const { code, out, err } = await command('after-restore');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^Sessions ended: [1-9]/);
    expect(out).toContain('Links and codes voided: 1.');
    expect(out).toContain('Devices trusted no longer: 1.');
    expect(await replayed()).toEqual({ ...over, apiKey: 200 });
    expect(await fleet.query('SELECT FROM two_factor_resets')).toEqual([]);
    expect(await fleet.query('SELECT FROM mail_queue')).toEqual([]);
    const told = `SELECT 1 AS one FROM audit_events WHERE action = 'restored_from_backup'`;
    expect(await fleet.query(told)).toHaveLength(1);
    expect(await violations(fleet)).toEqual({});
  });

  it('T14 revokes every API key and voids every recovery code, if that is wished', async () => {
    expect((await replayed()).apiKey).toBe(200);
    const { code, out } = await command('after-restore --api-keys --recovery-codes');
    expect(code).toBe(0);
    expect(out).toContain('API keys revoked: 1.');
    expect(out).toContain('Recovery codes voided: 1.');
    expect((await replayed()).apiKey).toBe(401);
    expect((await command('audit verify')).code).toBe(0);
  });
});
