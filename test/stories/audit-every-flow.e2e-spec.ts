import { DeletionSweepService } from '../../src/account/leaving/deletion-sweep.service.js';
import type { AuditEventDto } from '../../src/audit/audit.dto.js';
import { LogBook, withOwnDatabase } from '../support/audit.js';
import type { Client } from '../support/client.js';
import { EmailChanges } from '../support/email-changes.js';
import { GOOD_PASSWORD, Make, type MadeUser, someEmail } from '../support/make.js';
import { KeyDesk } from '../support/own-keys.js';
import { resetTokenFor } from '../support/reset-links.js';
import type { TestApp } from '../support/test-app.js';

const WRONG = 'not what she has chosen';
const NEW = 'a heron waits by the weir';
const DAY = 86_400;

/** Somebody signed in, and what a flow needs of her. */
interface Cast extends MadeUser {
  readonly client: Client;
  readonly token: string;
}

type Play = (cast: Cast) => Promise<unknown>;

/** Each flow of the house, once as it should go and once as it should not, and what the log book says of it. */
describe('In the audit log', () => {
  let own: Awaited<ReturnType<typeof withOwnDatabase>>;
  let test: TestApp;
  let make: Make;
  let book: LogBook;
  let changes: EmailChanges;

  beforeAll(async () => {
    own = await withOwnDatabase('every_flow');
    test = await own.start();
    make = new Make(test);
    book = await LogBook.of(test);
    changes = new EmailChanges(test, make);
  });
  afterAll(async () => {
    await test.close();
    await own.drop();
  });

  const say = (event: AuditEventDto) => {
    const reason = event.details?.['reason'];
    return [event.action, event.outcome, ...(typeof reason === 'string' ? [reason] : [])].join(' ');
  };
  const remove = (client: Client, url: string) => client.send({ method: 'DELETE', url });
  const reset = async ({ email }: Cast, newPassword = NEW) =>
    make.client.post('/v1/auth/password/reset', {
      token: await resetTokenFor(test, email),
      newPassword,
    });

  it.each<[string, Play, string[]]>([
    ['a sign-in', ({ email }) => make.client.login(email, GOOD_PASSWORD), ['sign_in success']],
    [
      'a wrong password',
      ({ email }) => make.client.login(email, WRONG),
      ['sign_in failure wrong_password'],
    ],
    ['signing out', ({ client }) => client.post('/v1/auth/logout', {}), ['sign_out success']],
    [
      'signing out everywhere',
      ({ client }) => client.post('/v1/auth/logout/all'),
      ['sign_out_everywhere success'],
    ],
    [
      'a proof within the session',
      ({ client }) => client.post('/v1/auth/reauthenticate', { password: GOOD_PASSWORD }),
      ['reauthentication success'],
    ],
    [
      'a wrong one',
      ({ client }) => client.post('/v1/auth/reauthenticate', { password: WRONG }),
      ['reauthentication failure wrong_password'],
    ],
    [
      'a change of password',
      ({ client }) =>
        client.post('/v1/auth/password/change', {
          currentPassword: GOOD_PASSWORD,
          newPassword: NEW,
        }),
      ['password_changed success'],
    ],
    [
      'one with a wrong password',
      ({ client }) =>
        client.post('/v1/auth/password/change', { currentPassword: WRONG, newPassword: NEW }),
      ['password_changed failure wrong_password'],
    ],
    [
      'a reset',
      (cast) => reset(cast),
      ['password_reset_requested success sent', 'password_reset success'],
    ],
    [
      'a reset with a bad password',
      (cast) => reset(cast, 'short'),
      ['password_reset_requested success sent'],
    ],
    [
      'an API key: made, changed, rotated, revoked',
      async ({ client }) => {
        const desk = new KeyDesk(client);
        const { body: key } = await desk.make();
        await desk.change(key.id, { name: 'another' });
        await desk.rotate(key.id);
        await desk.revoke(key.id);
      },
      ['created', 'changed', 'rotated', 'revoked'].map((word) => `api_key_${word} success`),
    ],
    [
      'a change of address that is only wished for',
      ({ client }) => changes.ask(client, someEmail('new')),
      ['email_change_requested success'],
    ],
    [
      'one with a wrong password',
      ({ client }) => changes.ask(client, someEmail('new'), WRONG),
      ['email_change_requested failure wrong_password'],
    ],
    [
      'one that is taken back before it is proved',
      async ({ client }) => {
        await changes.ask(client, someEmail('new'));
        await remove(client, '/v1/auth/email/change');
        await remove(client, '/v1/auth/email/change');
      },
      ['email_change_requested success', 'email_change_cancelled success'],
    ],
    [
      'one that is guessed at, and proved by its code',
      async ({ client }) => {
        const to = someEmail('new');
        await changes.ask(client, to);
        const code = await changes.codeIn(to);
        await changes.byCode(client, code.startsWith('1') ? '2222 2222' : '1111 1111');
        await changes.byCode(client, code);
      },
      [
        'email_change_requested success',
        'email_changed failure wrong_code',
        'email_changed success',
      ],
    ],
    [
      'one that is proved by its link, and undone',
      async ({ client, email }) => changes.undo(await changes.done(client, email)),
      ['email_change_requested success', 'email_changed success', 'email_change_undone success'],
    ],
    [
      'closing the account for a while',
      async ({ client, email }) => {
        await client.post('/v1/users/me/deactivate');
        await make.client.login(email, GOOD_PASSWORD);
        await make.client.post('/v1/auth/reactivation', { email });
        const token = await test.outbox.tokenFor(email, 2);
        await make.client.post('/v1/auth/deletion/undo', { token });
      },
      ['account_deactivated success', 'sign_in failure inactive', 'account_reactivated success'],
    ],
    [
      'a deletion that is undone',
      async ({ client, email }) => {
        await remove(client, '/v1/users/me');
        const token = await test.outbox.tokenFor(email);
        await make.client.post('/v1/auth/deletion/undo', { token });
      },
      ['deletion_requested success', 'deletion_undone success'],
    ],
    ['an export', ({ client }) => client.get('/v1/users/me/export'), ['data_exported success']],
    [
      'a door that is shut',
      ({ client }) => client.get('/v1/audit-events'),
      ['access_denied failure'],
    ],
    [
      'a session that is ended',
      async ({ client, email }) => {
        const { body } = await make.client.login(email, GOOD_PASSWORD);
        await remove(client, `/v1/users/me/sessions/${body.session.id}`);
      },
      ['sign_in success', 'session_ended success'],
    ],
    [
      'all the others',
      async ({ client, email }) => {
        await make.client.login(email, GOOD_PASSWORD);
        await remove(client, '/v1/users/me/sessions');
      },
      ['sign_in success', 'other_sessions_ended success'],
    ],
  ])('%s', async (_, play, said) => {
    const cast = await make.signedIn();
    await play(cast);
    const [signedIn, ...events] = await book.about(cast.user.id);
    expect(signedIn).toMatchObject({ action: 'sign_in', outcome: 'success' });
    expect(events.map(say)).toEqual(said);
    for (const event of events) {
      expect(event.ip).toBe('127.0.0.1');
      expect(event.requestId).not.toBeNull();
    }
    const told = JSON.stringify(events.map(({ details }) => details));
    expect(told).not.toMatch(/@|gh[a-z]_|violet|heron|not what she/);
  });

  it('a registration, its code guessed at and entered', async () => {
    const email = someEmail();
    await make.client.register(email, GOOD_PASSWORD);
    const code = await changes.codeIn(email);
    const verify = (text: string) =>
      make.client.post('/v1/auth/email/verify', { email, code: text });
    await verify(code.startsWith('1') ? '2222 2222' : '1111 1111');
    await verify(code);
    const [user] = await test.database.query<{ id: string }[]>(
      'SELECT id FROM users WHERE email = $1',
      [email],
    );
    expect((await book.about(user?.id ?? '')).map(say)).toEqual([
      'registration success',
      'email_verified failure wrong_code',
      'email_verified success',
    ]);
  });

  it('an account that makes room for whoever proved its address', async () => {
    const email = someEmail();
    await make.client.register(email, GOOD_PASSWORD);
    const [squatter] = await test.database.query<{ id: string }[]>(
      'SELECT id FROM users WHERE email = $1',
      [email],
    );
    const { client } = await make.signedIn();
    await changes.ask(client, email);
    await changes.confirm(await changes.tokenIn(email, 'ghe'));
    expect((await book.about(squatter?.id ?? '')).map(say)).toEqual([
      'registration success',
      'account_deleted success address_proved_by_another',
    ]);
  });

  it('a deletion that is final, with nobody in it', async () => {
    const { client, user } = await make.signedIn();
    await remove(client, '/v1/users/me');
    test.clock.forward(15 * DAY);
    await test.app.get(DeletionSweepService, { strict: false }).sweep();
    const events = await book.about(user.id);
    expect(events.map(say)).toEqual([
      'sign_in success',
      'deletion_requested success',
      'personal_data_erased success',
      'account_deleted success',
    ]);
    expect(events.map(({ ip, userAgent }) => [ip, userAgent])).toEqual(
      events.map(() => [null, null]),
    );
  });
});
