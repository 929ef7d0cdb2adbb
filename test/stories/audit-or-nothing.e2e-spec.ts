import { withOwnDatabase } from '../support/audit.js';
import type { Answer, Client } from '../support/client.js';
import { EmailChanges } from '../support/email-changes.js';
import { GOOD_PASSWORD, Make, type MadeUser, someEmail } from '../support/make.js';
import { KeyDesk } from '../support/own-keys.js';
import { allMailsAreOut, resetTokenFor } from '../support/reset-links.js';
import { changingNoRow } from '../support/rows.js';
import type { TestApp } from '../support/test-app.js';

const NEW = 'a heron waits by the weir';

interface Cast extends MadeUser {
  readonly client: Client;
}

/** What must be done before, and the call that changes something. */
type Act = () => Promise<Answer>;
type Prepare = (cast: Cast) => Act | Promise<Act>;

/** An event is written in the transaction that it tells of: nothing happens that the log book cannot be told. */
describe('While the audit log cannot be written', () => {
  let own: Awaited<ReturnType<typeof withOwnDatabase>>;
  let test: TestApp;
  let make: Make;
  let changes: EmailChanges;

  beforeAll(async () => {
    own = await withOwnDatabase('or_nothing');
    test = await own.start();
    make = new Make(test);
    changes = new EmailChanges(test, make);
    await test.database.query(
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'no'; END $$`,
    );
  });
  afterAll(async () => {
    await test.close();
    await own.drop();
  });

  const broken = async (action: () => Promise<unknown>) => {
    await test.database.query(
      'CREATE TRIGGER refuse BEFORE INSERT ON audit_events FOR EACH ROW EXECUTE FUNCTION refuse()',
    );
    try {
      await action();
    } finally {
      await test.database.query('DROP TRIGGER refuse ON audit_events');
    }
  };
  const remove = (client: Client, url: string) => client.send({ method: 'DELETE', url });

  it.each<[string, Prepare]>([
    [
      'signs in',
      ({ email }) =>
        () =>
          make.client.login(email, GOOD_PASSWORD),
    ],
    [
      'signs out',
      ({ client }) =>
        () =>
          client.post('/v1/auth/logout', {}),
    ],
    [
      'signs out everywhere',
      ({ client }) =>
        () =>
          client.post('/v1/auth/logout/all'),
    ],
    [
      'proves herself again',
      ({ client }) =>
        () =>
          client.post('/v1/auth/reauthenticate', { password: GOOD_PASSWORD }),
    ],
    ['registers', () => () => make.client.register(someEmail(), GOOD_PASSWORD)],
    [
      'proves her address',
      async () => {
        const email = someEmail();
        await make.client.register(email, GOOD_PASSWORD);
        const token = await test.outbox.tokenFor(email);
        return () => make.client.verify(token);
      },
    ],
    [
      'changes her password',
      ({ client }) =>
        () =>
          client.post('/v1/auth/password/change', {
            currentPassword: GOOD_PASSWORD,
            newPassword: NEW,
          }),
    ],
    [
      'forgets it',
      ({ email }) =>
        () =>
          make.client.forgot(email),
    ],
    [
      'resets it',
      async ({ email }) => {
        const token = await resetTokenFor(test, email);
        return () => make.client.post('/v1/auth/password/reset', { token, newPassword: NEW });
      },
    ],
    [
      'wishes for another address',
      ({ client }) =>
        () =>
          changes.ask(client, someEmail('new')),
    ],
    [
      'takes it back',
      async ({ client }) => {
        await changes.ask(client, someEmail('new'));
        return () => remove(client, '/v1/auth/email/change');
      },
    ],
    [
      'proves the other address',
      async ({ client }) => {
        const to = someEmail('new');
        await changes.ask(client, to);
        const token = await changes.tokenIn(to, 'ghe');
        return () => changes.confirm(token);
      },
    ],
    [
      'takes that back',
      async ({ client, email }) => {
        const token = await changes.done(client, email);
        return () => changes.undo(token);
      },
    ],
    [
      'makes an API key',
      ({ client }) =>
        () =>
          new KeyDesk(client).make(),
    ],
    [
      'changes one',
      async ({ client }) => {
        const desk = new KeyDesk(client);
        const { body: key } = await desk.make();
        return () => desk.change(key.id, { disabled: true });
      },
    ],
    [
      'rotates one',
      async ({ client }) => {
        const desk = new KeyDesk(client);
        const { body: key } = await desk.make();
        return () => desk.rotate(key.id);
      },
    ],
    [
      'revokes one',
      async ({ client }) => {
        const desk = new KeyDesk(client);
        const { body: key } = await desk.make();
        return () => desk.revoke(key.id);
      },
    ],
    [
      'closes her account',
      ({ client }) =>
        () =>
          client.post('/v1/users/me/deactivate'),
    ],
    [
      'deletes it',
      ({ client }) =>
        () =>
          remove(client, '/v1/users/me'),
    ],
    [
      'comes back',
      async ({ client, email }) => {
        await remove(client, '/v1/users/me');
        const token = await test.outbox.tokenFor(email);
        return () => make.client.post('/v1/auth/deletion/undo', { token });
      },
    ],
    [
      'exports it',
      ({ client }) =>
        () =>
          client.get('/v1/users/me/export'),
    ],
  ])('nobody %s, and no row is changed', async (_, prepare) => {
    const act = await prepare(await make.signedIn());
    await allMailsAreOut(test);
    await broken(async () => {
      await changingNoRow(test, async () => {
        expect((await act()).status).toBe(500);
      });
    });
    expect((await act()).status).toBeLessThan(300);
  });
});
