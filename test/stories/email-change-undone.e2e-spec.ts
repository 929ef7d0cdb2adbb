import { v7 as uuidv7 } from 'uuid';
import { OpaqueToken } from '../../src/common/opaque-token.js';
import { withAuthenticator } from '../support/authenticator.js';
import { EmailChanges } from '../support/email-changes.js';
import { GOOD_PASSWORD, Make, someEmail } from '../support/make.js';
import { MANY_MAILS } from '../support/many-mails.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const DAY = 86_400;

/** Security catalogue 4.H19: whoever knows the password changes the address; the former one has the last word. */
describe('A change of the address that was not the owner', () => {
  let test: TestApp;
  let make: Make;
  let changes: EmailChanges;

  beforeAll(async () => {
    test = await startTestApp({ environment: MANY_MAILS });
    make = new Make(test);
    changes = new EmailChanges(test, make);
  });
  afterAll(() => test.close());

  const signIn = async (email: string) => {
    const { body } = await make.client.login(email, GOOD_PASSWORD);
    return make.client.as(body.accessToken);
  };
  /** Somebody whose address a thief has changed, and the link that undoes it. */
  const robbed = async () => {
    const victim = await make.signedIn();
    const to = someEmail('thief');
    const thief = await signIn(victim.email);
    const token = await changes.done(thief, victim.email, to);
    return { victim, thief, to, token };
  };

  it('is told to the former address, with a link to undo it for a week', async () => {
    const { victim, token } = await robbed();
    const mail = await changes.mailAbout(victim.email, /was changed/);
    expect(mail.text).toContain('7 days');
    expect(mail.text).toMatch(/IP address: 127\.0\.0\.1/);
    test.clock.forward(7 * DAY - 60);
    expect(await changes.undo(token)).toMatchObject({ status: 204, text: '' });
  });

  it('is undone: the address is back, everybody is out, and the password opens nothing', async () => {
    const { victim, thief, to, token } = await robbed();
    expect(await thief.me()).toMatchObject({ status: 200 });
    await changes.undo(token);
    expect(await changes.addressOf(victim)).toBe(victim.email);
    expectProblem(await thief.me(), 401, 'invalid_token');
    for (const email of [victim.email, to]) {
      expectProblem(await make.client.login(email, GOOD_PASSWORD), 401, 'invalid_credentials');
    }
    await changes.mailAbout(victim.email, /is back/);
  });

  it('makes every device a stranger again, and stands in the log of the account', async () => {
    const { victim, token } = await robbed();
    const devices = () =>
      test.database.query<object[]>('SELECT 1 FROM known_devices WHERE user_id = $1', [
        victim.user.id,
      ]);
    expect(await devices()).not.toEqual([]);
    await changes.undo(token);
    expect(await devices()).toEqual([]);
    const events = await test.database.query<{ action: string }[]>(
      'SELECT action FROM audit_events WHERE subject_id = $1',
      [victim.user.id],
    );
    expect(events.map(({ action }) => action)).toEqual(
      expect.arrayContaining(['email_change_requested', 'email_changed', 'email_change_undone']),
    );
  });

  it('takes away the second factor that the thief has added since, and leaves the one of before', async () => {
    const { victim, token } = await robbed();
    await withAuthenticator(test, victim.user.id);
    await changes.undo(token);
    const factors = (userId: string) =>
      test.database.query<object[]>('SELECT 1 FROM totp_factors WHERE user_id = $1', [userId]);
    expect(await factors(victim.user.id)).toEqual([]);

    const careful = await make.signedIn();
    await withAuthenticator(test, careful.user.id);
    await test.database.query('UPDATE totp_factors SET created_at = $2 WHERE user_id = $1', [
      careful.user.id,
      careful.user.createdAt,
    ]);
    const undo = await changes.done(careful.client, careful.email, someEmail('new'));
    await changes.undo(undo);
    expect(await factors(careful.user.id)).toHaveLength(1);
  });

  it('is undone also after later changes, whatever the thief did meanwhile', async () => {
    const { victim, thief, to, token } = await robbed();
    const next = someEmail('thief');
    const later = await changes.done(thief, to, next);
    const last = someEmail('thief');
    const latest = await changes.done(thief, next, last);
    await changes.ask(thief, someEmail('thief'));

    expect(await changes.undo(token)).toMatchObject({ status: 204 });
    expect(await changes.addressOf(victim)).toBe(victim.email);
    for (const each of [later, latest]) {
      expectProblem(await changes.undo(each), 400, 'token_invalid');
    }
    expect(await changes.addressOf(victim)).toBe(victim.email);
  });

  it('is undone also after the thief has undone a later one', async () => {
    const { victim, thief, to, token } = await robbed();
    const later = await changes.done(thief, to);
    expect(await changes.undo(later)).toMatchObject({ status: 204 });
    expect(await changes.addressOf(victim)).toBe(to);
    expect(await changes.undo(token)).toMatchObject({ status: 204 });
    expect(await changes.addressOf(victim)).toBe(victim.email);
  });

  it('is undone with all later ones, though a later one was made on a node whose clock is behind', async () => {
    const { victim, thief, to, token } = await robbed();
    const issue = OpaqueToken.issue.bind(OpaqueToken);
    const behind = jest
      .spyOn(OpaqueToken, 'issue')
      .mockImplementation((prefix, id) =>
        issue(prefix, id ?? uuidv7({ msecs: Date.now() - 60_000 })),
      );
    const later = await changes.done(thief, to).finally(() => {
      behind.mockRestore();
    });
    expect(await changes.undo(token)).toMatchObject({ status: 204 });
    expectProblem(await changes.undo(later), 400, 'token_invalid');
    expect(await changes.addressOf(victim)).toBe(victim.email);
  });

  it('is undone once, also for fifty at once', async () => {
    const { token } = await robbed();
    const answers = await Promise.all(Array.from({ length: 50 }, () => changes.undo(token)));
    expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
  });

  it('ends where it began, however two undos of two changes meet', async () => {
    for (let round = 0; round < 10; round++) {
      const { victim, thief, to, token } = await robbed();
      const later = await changes.done(thief, to);
      const [first] = await Promise.all([changes.undo(token), changes.undo(later)]);
      expect(first.status).toBe(204);
      expect(await changes.addressOf(victim)).toBe(victim.email);
    }
  });

  it('can no longer be undone after a week', async () => {
    const { token } = await robbed();
    test.clock.forward(7 * DAY + 1);
    expectProblem(await changes.unchanged(() => changes.undo(token)), 400, 'token_invalid');
  });

  it('voids what waits: a wish for yet another address', async () => {
    const { victim, thief, token } = await robbed();
    const next = someEmail('thief');
    await changes.ask(thief, next);
    const waiting = await changes.tokenIn(next, 'ghe');
    await changes.undo(token);
    expectProblem(await changes.confirm(waiting), 400, 'token_invalid');
    expect(await changes.addressOf(victim)).toBe(victim.email);
  });

  it('is undone although the former address was registered meanwhile, as long as nobody proved it', async () => {
    const { victim, token } = await robbed();
    await make.client.register(victim.email, 'a stranger waits in here');
    expect(await changes.undo(token)).toMatchObject({ status: 204 });
    expect(await changes.addressOf(victim)).toBe(victim.email);
    expectProblem(
      await make.client.login(victim.email, 'a stranger waits in here'),
      401,
      'invalid_credentials',
    );
  });

  it('is not undone where its owner has made another account with the former address', async () => {
    const { victim, to, token } = await robbed();
    await make.client.register(victim.email, 'a heron sleeps on the roof');
    await make.client.verify(await changes.tokenIn(victim.email, 'ghv'));
    expectProblem(await changes.unchanged(() => changes.undo(token)), 409, 'email_taken');
    expect(await changes.addressOf(victim)).toBe(to);
  });

  it('is undone of a deactivated account, which stays deactivated', async () => {
    const { victim, token } = await robbed();
    await test.database.query('UPDATE users SET is_active = false WHERE id = $1', [victim.user.id]);
    expect(await changes.undo(token)).toMatchObject({ status: 204 });
    const [row] = await test.database.query<object[]>(
      'SELECT is_active, email FROM users WHERE id = $1',
      [victim.user.id],
    );
    expect(row).toEqual({ is_active: false, email: victim.email });
  });

  it('is not undone by any other link', async () => {
    const { victim, to, token } = await robbed();
    for (const wrong of [token.replace('ghu_', 'ghe_'), `${token}0`, 'ghu_', 'x'.repeat(200)]) {
      expectProblem(await changes.unchanged(() => changes.undo(wrong)), 400, 'token_invalid');
    }
    expect(await changes.addressOf(victim)).toBe(to);
  });

  it('H16 is not undone, and nothing is confirmed, by a scanner that opens links', async () => {
    const { victim, to } = await robbed();
    await test.outbox.waitFor(to);
    const texts = [...test.outbox.to(victim.email), ...test.outbox.to(to)].map(({ text }) => text);
    const links = texts.join('\n').match(/http\S+/g) ?? [];
    expect(links.map((link) => new URL(link).pathname).sort()).toEqual([
      '/change-email',
      '/undo-email-change',
    ]);
    for (const link of links) {
      expect(await make.client.get(new URL(link).pathname)).toMatchObject({ status: 200 });
    }
    expect(await changes.addressOf(victim)).toBe(to);
  });
});

describe('A mistyped address, where an unproved one may sign in', () => {
  let test: TestApp;

  beforeAll(async () => {
    test = await startTestApp({ environment: { EMAIL_VERIFICATION: 'optional' } });
  });
  afterAll(() => test.close());

  it('gets no link: whoever reads mail there never had the account', async () => {
    const make = new Make(test);
    const changes = new EmailChanges(test, make);
    const ann = await make.signedIn({ emailVerifiedAt: null });
    const to = someEmail('right');
    await changes.ask(ann.client, to);
    await changes.confirm(await changes.tokenIn(to, 'ghe'));
    expect((await ann.client.me()).body).toMatchObject({ email: to, emailVerified: true });
    await changes.done(ann.client, to); // what is queued later is delivered later
    expect(test.outbox.to(ann.email)).toEqual([]);
  });
});
