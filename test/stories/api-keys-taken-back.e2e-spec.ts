import { makeKey } from '../support/api-keys.js';
import { LogBook } from '../support/audit.js';
import { meanwhile } from '../support/blocked.js';
import { Client } from '../support/client.js';
import { EmailChanges } from '../support/email-changes.js';
import { heard } from '../support/heard.js';
import { Make, someEmail } from '../support/make.js';
import { MANY_MAILS } from '../support/many-mails.js';
import { KeyDesk } from '../support/own-keys.js';
import { expectProblem } from '../support/problems.js';
import { resetTokenFor } from '../support/reset-links.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

/** A key must not be the way in that a thief, or whoever registered first, leaves behind. */
describe('A key that somebody made who should not have been in the account', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp({ environment: { ...MANY_MAILS, EMAIL_VERIFICATION: 'optional' } });
    make = new Make(test);
  });
  afterAll(() => test.close());

  const withKey = (key: string) => new Client(test).withKey(key);

  it('ends when the change of the address is taken back; those of before stay', async () => {
    const changes = new EmailChanges(test, make);
    const victim = await make.signedIn();
    const { body: before } = await new KeyDesk(victim.client).make({ name: 'hers' });
    const { body } = await make.client.login(victim.email, victim.password);
    const thief = make.client.as(body.accessToken);
    const undo = await changes.done(thief, victim.email, someEmail('thief'));
    const { body: later } = await new KeyDesk(thief).make({ name: 'his' });
    expect((await withKey(later.key).me()).status).toBe(200);
    expect(await changes.undo(undo)).toMatchObject({ status: 204 });
    expectProblem(await withKey(later.key).me(), 401, 'invalid_token');
    expect((await withKey(before.key).me()).status).toBe(200);
    const events = await (await LogBook.of(test)).about(victim.user.id);
    expect(events.filter(({ action }) => action === 'api_key_revoked')).toMatchObject([
      { details: { apiKeyId: later.id, reason: 'email_change_undone' } },
    ]);
  });

  it('is gone when the address is proved by somebody else', async () => {
    const stranger = await make.signedIn({ emailVerifiedAt: null });
    const made = await makeKey(test, stranger.user.id); // as if there had been a way to it
    expect((await made.client.me()).status).toBe(200);
    const token = await resetTokenFor(test, stranger.email);
    const { status } = await make.client.reset(token, 'a heron sleeps on the roof');
    expect(status).toBe(204);
    await heard(test);
    expectProblem(await made.client.me(), 401, 'invalid_token');
    const rows = await test.database.query<object[]>('SELECT 1 FROM api_keys WHERE user_id = $1', [
      stranger.user.id,
    ]);
    expect(rows).toEqual([]);
  });

  it('is not made in a session that ended while it was being made', async () => {
    const { client, user } = await make.signedIn();
    const [answer] = await meanwhile(
      test,
      'WITH her AS (SELECT id FROM users WHERE id = $1 FOR UPDATE) DELETE FROM sessions USING her WHERE user_id = her.id',
      [user.id],
      () => [new KeyDesk(client).make()],
    );
    expectProblem(answer!, 401, 'invalid_token');
    const rows = await test.database.query<object[]>('SELECT 1 FROM api_keys WHERE user_id = $1', [
      user.id,
    ]);
    expect(rows).toEqual([]);
  });
});
