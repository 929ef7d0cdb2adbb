import { EmailChanges } from '../support/email-changes.js';
import { GOOD_PASSWORD, Make, someEmail } from '../support/make.js';
import { MANY_MAILS } from '../support/many-mails.js';
import { everyMailSent } from '../support/post.js';
import { expectProblem } from '../support/problems.js';
import { resetTokenFor } from '../support/reset-links.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

/** Every place that spends a link, what it says beside the token, and which links are meant for it. */
const DOORS: readonly (readonly [string, object, string])[] = [
  ['/v1/auth/email/verify', {}, 'ghv'],
  ['/v1/auth/email/deny', {}, 'ghv'],
  ['/v1/auth/password/reset/check', {}, 'ghp'],
  ['/v1/auth/password/reset', { newPassword: 'a heron sleeps on the roof' }, 'ghp'],
  ['/v1/auth/email/change/confirm', {}, 'ghe'],
  ['/v1/auth/email/change/undo', {}, 'ghu'],
  ['/v1/auth/deletion/undo', {}, 'ghd'],
];

/** H07, H08: a link opens what it was mailed for, and it is a text and nothing else. */
describe('A link that was mailed', () => {
  let test: TestApp;
  let make: Make;
  let tokens: Record<string, string>;

  beforeAll(async () => {
    test = await startTestApp({ environment: { ...MANY_MAILS, EMAIL_VERIFICATION: 'optional' } });
    make = new Make(test);
    tokens = await oneOfEach();
    await everyMailSent(test);
  });
  afterAll(() => test.close());

  /** Each of somebody for whom it works. */
  const oneOfEach = async (): Promise<Record<string, string>> => {
    const changes = new EmailChanges(test, make);
    const unproved = await make.signedIn({ emailVerifiedAt: null });
    await make.client.post('/v1/auth/email/verification', { email: unproved.email });
    const changer = await make.signedIn();
    const undo = await changes.done(changer.client, changer.email);
    const wanted = someEmail('wanted');
    await changes.ask(changer.client, wanted, GOOD_PASSWORD);
    const leaver = await make.signedIn();
    await leaver.client.send({ method: 'DELETE', url: '/v1/users/me' });
    const { body } = await make.client.login(unproved.email, unproved.password);
    return {
      ghv: await changes.tokenIn(unproved.email, 'ghv'),
      ghp: await resetTokenFor(test, unproved.email),
      ghe: await changes.tokenIn(wanted, 'ghe'),
      ghu: undo,
      ghd: await changes.tokenIn(leaver.email, 'ghd'),
      ghr: body.refreshToken,
      ghn: body.deviceToken,
    };
  };

  const wrongDoors = DOORS.flatMap(([url, more, meant]) =>
    ['ghv', 'ghp', 'ghe', 'ghu', 'ghd', 'ghr', 'ghn']
      .filter((kind) => kind !== meant)
      .map((kind): [string, string, object, string] => [kind, url, more, meant]),
  );

  it.each(wrongDoors)('%s opens nothing at %s', async (kind, url, more, meant) => {
    const token = tokens[kind] ?? '';
    for (const shown of [token, token.replace(kind, meant)]) {
      const answer = await changingNoRow(test, () =>
        make.client.post(url, { ...more, token: shown }),
      );
      expectProblem(answer, 400, 'token_invalid');
    }
  });

  it.each(DOORS)('is a text of some length at %s, and comes alone', async (url, more, meant) => {
    const token = tokens[meant];
    const bodies: object[] = [
      undefined,
      null,
      [],
      [token],
      {},
      { $gt: '' },
      true,
      0,
      '',
      'x'.repeat(5000),
    ].map((wrong) => ({ ...more, token: wrong }));
    bodies.push({ ...more, token, userId: '018f' }, { ...more, token, isStaff: true }, [
      { ...more, token },
    ]);
    for (const body of bodies) {
      const answer = await changingNoRow(test, () => make.client.post(url, body));
      expect([body, answer.status]).toEqual([body, 400]);
    }
  });

  it('H10 stands in no log line and no table, nor does its secret', async () => {
    const rows = await test.database.query<{ name: string }[]>(
      `SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'`,
    );
    const tables = await Promise.all(
      rows.map(({ name }) => test.database.query<{ t: string }[]>(`SELECT t::text FROM ${name} t`)),
    );
    const told = [...test.logged, JSON.stringify(tables)].join('\n');
    for (const token of Object.values(tokens)) {
      const [, , secret = ''] = token.split('_');
      expect(secret.length).toBeGreaterThan(40);
      expect(told).not.toContain(secret.slice(0, 40));
      expect(told).not.toContain(Buffer.from(token).toString('hex'));
    }
  });

  it.each(DOORS)('works at %s, where it belongs', async (url, more, meant) => {
    const fresh = await oneOfEach();
    const answer = await make.client.post(url, { ...more, token: fresh[meant] });
    expect(answer.status).toBeLessThan(300);
  });
});
