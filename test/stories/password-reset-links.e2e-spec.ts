import type { EntityManager } from 'typeorm';
import { PasswordService } from '../../src/passwords/password.service.js';
import { UserCredentialsService } from '../../src/users/user-credentials.service.js';
import { User } from '../../src/users/user.entity.js';
import { UsersService } from '../../src/users/users.service.js';
import type { Client } from '../support/client.js';
import { Make, someEmail } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { resetTokenFor } from '../support/reset-links.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const NEW_PASSWORD = 'a heron sleeps on the roof';

describe('A link for a forgotten password', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
  });
  afterAll(() => test.close());

  const users = () => test.app.get(UsersService, { strict: false });
  const sql = (statement: string, ...values: unknown[]) => test.database.query(statement, values);
  const inTransaction = (work: (manager: EntityManager) => Promise<unknown>) =>
    test.database.transaction(work);

  type Change = (id: string, client: Client, email: string) => Promise<unknown>;

  it.each<[string, Change]>([
    [
      'her password was changed',
      (_, client) => {
        const body = { currentPassword: 'a violet rides the tram', newPassword: 'a third one now' };
        return client.post('/v1/auth/password/change', body);
      },
    ],
    [
      'her password was set by an administrator',
      async (id) => {
        const hash = await test.app.get(PasswordService, { strict: false }).hash('a third one now');
        await inTransaction((manager) =>
          test.app.get(UserCredentialsService, { strict: false }).setPassword(manager, id, hash),
        );
      },
    ],
    [
      'her password was set with SQL',
      (id) => sql(`UPDATE users SET password_hash = '!none' WHERE id = $1`, id),
    ],
    [
      'her credentials changed',
      (id) =>
        sql(
          `UPDATE users SET credentials_changed_at = now() + interval '1 hour' WHERE id = $1`,
          id,
        ),
    ],
    [
      'her address changed',
      (id) =>
        sql('UPDATE users SET email = $2, email_canonical = $2 WHERE id = $1', id, someEmail()),
    ],
    [
      'her address changed and was changed back',
      async (id, _, email) => {
        await sql('UPDATE users SET email = $2, email_canonical = $2 WHERE id = $1', id, 'x@y.de');
        await sql('UPDATE users SET email = $2, email_canonical = $2 WHERE id = $1', id, email);
      },
    ],
    [
      'she was deactivated',
      (id) => inTransaction((manager) => users().setActive(manager, id, false)),
    ],
    [
      'she was deactivated and activated again',
      async (id) => {
        await sql('UPDATE users SET is_active = false WHERE id = $1', id);
        await sql('UPDATE users SET is_active = true WHERE id = $1', id);
      },
    ],
    ['she was deleted', (id) => test.database.getRepository(User).delete(id)],
  ])('is dead when %s', async (_, change) => {
    const { user, email, client } = await make.signedIn();
    const token = await resetTokenFor(test, email);
    expect((await make.client.checkReset(token)).status).toBe(204);
    await change(user.id, client, email);
    expectProblem(await make.client.checkReset(token), 400, 'token_invalid');
    expectProblem(await make.client.reset(token, NEW_PASSWORD), 400, 'token_invalid');
    expect((await make.client.login(email, NEW_PASSWORD)).status).toBe(401);
  });

  it.each([
    ['the address is another one', `email = 'x@y.de', email_canonical = 'x@y.de'`],
    ['the user is not active', 'is_active = false'],
  ])('is dead when %s, even where no trigger has seen it', async (_, change) => {
    const { user, email } = await make.user();
    const token = await resetTokenFor(test, email);
    await inTransaction(async (manager) => {
      await manager.query('ALTER TABLE users DISABLE TRIGGER users_void_links');
      await manager.query(`UPDATE users SET ${change} WHERE id = $1`, [user.id]);
      await manager.query('ALTER TABLE users ENABLE TRIGGER users_void_links');
    });
    expectProblem(await make.client.checkReset(token), 400, 'token_invalid');
    expectProblem(await make.client.reset(token, NEW_PASSWORD), 400, 'token_invalid');
    await test.database.getRepository(User).delete(user.id);
  });

  it('lives on when she signs in, or changes her name', async () => {
    const { email, password } = await make.user();
    const token = await resetTokenFor(test, email);
    const { body } = await make.client.login(email, password);
    await make.client.as(body.accessToken).patch('/v1/users/me', { firstName: 'Anna' });
    expect(await make.client.reset(token, NEW_PASSWORD)).toMatchObject({ status: 204 });
  });

  it('does not outrun a deactivation that happens while the password is hashed', async () => {
    const { user, email } = await make.user();
    const token = await resetTokenFor(test, email);
    const passwords = test.app.get(PasswordService, { strict: false });
    const hash = passwords.hash.bind(passwords);
    jest.spyOn(passwords, 'hash').mockImplementationOnce(async (...given) => {
      const hashed = await hash(...given);
      await sql('UPDATE users SET is_active = false WHERE id = $1', user.id);
      return hashed;
    });
    expectProblem(await make.client.reset(token, NEW_PASSWORD), 400, 'token_invalid');
    await sql('UPDATE users SET is_active = true WHERE id = $1', user.id);
    expect((await make.client.login(email, NEW_PASSWORD)).status).toBe(401);
  });

  it.each<[string, Record<string, string>]>([
    ['Host', { host: 'evil.example' }],
    ['Host with a port', { host: 'localhost:evil@evil.example' }],
    ['X-Forwarded-Host', { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'ftp' }],
    ['X-Forwarded-Port', { 'x-forwarded-port': '@evil.example', 'x-forwarded-prefix': '/evil' }],
    ['Forwarded', { forwarded: 'host=evil.example;proto=http' }],
    ['Origin and Referer', { origin: 'https://evil.example', referer: 'https://evil.example/' }],
    ['X-Original-URL', { 'x-original-url': '//evil.example/', 'x-rewrite-url': '//evil.example/' }],
  ])('H04 begins with PUBLIC_URL whatever %s says', async (_, headers) => {
    const { email } = await make.user();
    await make.client.send({
      method: 'POST',
      url: 'http://evil.example/v1/auth/password/forgot',
      headers: { 'content-type': 'application/json', ...headers },
      payload: JSON.stringify({ email }),
    });
    const [mail] = await test.outbox.waitFor(email);
    const links = [...(mail?.text.matchAll(/https?:\S+/g) ?? [])].map(([link]) => link);
    expect(links).toEqual([
      expect.stringMatching(/^http:\/\/localhost:3000\/reset-password#token=ghp_\w+$/),
    ]);
    expect(JSON.stringify(mail)).not.toContain('evil');
  });

  it('leads to the page of the front end, where there is one', async () => {
    const environment = { RESET_URL: 'https://app.example.com/reset?token={token}&again={token}' };
    const other = await startTestApp({ environment });
    const { email } = await new Make(other).user();
    const token = await resetTokenFor(other, email);
    const [mail] = other.outbox.to(email);
    await other.close();
    expect(mail?.text).toContain(`\nhttps://app.example.com/reset?token=${token}&again=${token}\n`);
    expect(mail?.text).not.toContain('localhost');
  });

  it('lives as long as it is told to', async () => {
    const other = await startTestApp({ environment: { PASSWORD_RESET_TTL: '3600' } });
    const { email } = await new Make(other).user();
    const token = await resetTokenFor(other, email);
    expect(other.outbox.to(email)[0]?.text).toContain('1 hour');
    other.clock.forward(3590);
    const answer = await new Make(other).client.checkReset(token);
    await other.close();
    expect(answer.status).toBe(204);
  });
});
