import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Client } from '../support/client.js';
import { EmailChanges } from '../support/email-changes.js';
import { GOOD_PASSWORD, Make, someEmail } from '../support/make.js';
import { MANY_MAILS } from '../support/many-mails.js';
import { allMailsAreOut, resetTokenFor } from '../support/reset-links.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const passwordOf = (name: string) => `a heron sleeps on the ${name}`;

/** Everything that can happen to one account, at once: of what is told as done, the last is what stands. */
describe('Fifty at once over one account', () => {
  let test: TestApp;
  let make: Make;
  let changes: EmailChanges;

  beforeAll(async () => {
    test = await startTestApp({ environment: { ...MANY_MAILS, HASH_QUEUE: '1000' } });
    make = new Make(test);
    changes = new EmailChanges(test, make);
  });
  afterAll(() => test.close());

  const stateOf = async (id: string) => {
    const [row] = await test.database.query<
      { email: string; is_active: boolean; has_password: boolean; verified: boolean }[]
    >(
      `SELECT email, is_active, password_hash IS NOT NULL AS has_password,
              email_verified_at IS NOT NULL AS verified FROM users WHERE id = $1`,
      [id],
    );
    return row!;
  };
  const sessionsOf = async (id: string): Promise<number> =>
    (await test.database.query<unknown[]>('SELECT FROM sessions WHERE user_id = $1', [id])).length;

  /** Somebody with a link of every kind in hand. */
  const armed = async () => {
    const owner = await make.signedIn();
    const undo = await changes.done(owner.client, owner.email, someEmail('second'));
    const email = (await changes.addressOf(owner)) ?? '';
    const { body } = await make.client.login(email, owner.password);
    const elsewhere = make.client.as(body.accessToken);
    const third = someEmail('third');
    await changes.ask(owner.client, third);
    const change = await changes.tokenIn(third, 'ghe');
    const reset = await resetTokenFor(test, email);
    return { ...owner, email, third, elsewhere, undo, change, reset, refresh: body.refreshToken };
  };
  type Armed = Awaited<ReturnType<typeof armed>>;

  const deeds: Readonly<Record<string, (her: Armed, client: Client) => Promise<Answer>>> = {
    reset: ({ reset }) => make.client.reset(reset, passwordOf('roof')),
    change: (_, client) =>
      client.post('/v1/auth/password/change', {
        currentPassword: GOOD_PASSWORD,
        newPassword: passwordOf('tower'),
      }),
    confirm: ({ change }) => changes.confirm(change),
    undo: ({ undo }) => changes.undo(undo),
    ask: (_, client) => changes.ask(client, someEmail('fourth')),
    cancel: (_, client) => client.send({ method: 'DELETE', url: '/v1/auth/email/change' }),
    delete: (_, client) => client.send({ method: 'DELETE', url: '/v1/users/me' }),
    deactivate: (_, client) => client.post('/v1/users/me/deactivate'),
    'sign in': ({ email }) => make.client.login(email, GOOD_PASSWORD),
    refresh: ({ refresh }) => make.client.post('/v1/auth/refresh', { refreshToken: refresh }),
    others: (_, client) => client.send({ method: 'DELETE', url: '/v1/users/me/sessions' }),
    forgot: ({ email }) => make.client.forgot(email),
    reactivation: ({ email }) => make.client.post('/v1/auth/reactivation', { email }),
    again: (_, client) => client.post('/v1/auth/reauthenticate', { password: GOOD_PASSWORD }),
  };

  const storm = async (her: Armed, names: readonly string[]) => {
    const all = Array.from({ length: 50 }, (_, i) => names[i % names.length] ?? '');
    const done = await Promise.all(
      all.map(async (name, i) => {
        await sleep(i % 7);
        const answer = await deeds[name]!(her, i % 2 ? her.client : her.elsewhere);
        return { name, status: answer.status };
      }),
    );
    return {
      failed: done.filter(({ status }) => status >= 500),
      won: (name: string) => done.filter((each) => each.name === name && each.status < 300).length,
    };
  };

  const expectWhole = async (her: Armed, won: (name: string) => number) => {
    const {
      email,
      is_active: isActive,
      has_password: hasPassword,
      verified,
    } = await stateOf(her.user.id);
    expect(verified).toBe(true);
    expect(isActive).toBe(won('delete') + won('deactivate') === 0);
    const before = won('confirm') ? [her.third] : [her.email];
    expect(won('undo') ? [her.user.email, her.email] : before).toContain(email);
    if (!isActive || !hasPassword) expect(await sessionsOf(her.user.id)).toBe(0);
    else await expectPassword(email, won);
  };

  /** Of a reset and a change one wins; the password that was is no more. */
  const expectPassword = async (email: string, won: (name: string) => number) => {
    expect(won('reset') + won('change')).toBeLessThanOrEqual(1);
    if (won('reset') + won('change') === 0) return;
    const chosen = passwordOf(won('reset') ? 'roof' : 'tower');
    expect(await make.client.login(email, chosen)).toMatchObject({ status: 200 });
    expect(await make.client.login(email, GOOD_PASSWORD)).toMatchObject({ status: 401 });
  };

  it.each([
    [['reset', 'change', 'confirm', 'undo', 'delete']],
    [['undo', 'sign in', 'refresh', 'again', 'others']],
    [['reset', 'sign in', 'refresh', 'ask', 'cancel']],
    [['deactivate', 'reactivation', 'sign in', 'forgot', 'confirm']],
    [Object.keys(deeds)],
  ])('%j: no error, each link once, and one account that is whole', async (names) => {
    for (let round = 0; round < 6; round++) {
      const her = await armed();
      const { failed, won } = await storm(her, names);
      expect(failed).toEqual([]);
      for (const once of ['reset', 'confirm', 'undo', 'delete', 'deactivate']) {
        expect([once, won(once) <= 1]).toEqual([once, true]);
      }
      await expectWhole(her, won);
      await allMailsAreOut(test);
    }
  });
});
