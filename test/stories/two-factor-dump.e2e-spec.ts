import { createHash } from 'node:crypto';
import { enroll } from '../support/authenticator.js';
import { wholeDatabase } from '../support/dump.js';
import { Make } from '../support/make.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const CODES = '/v1/users/me/two-factor/recovery-codes';

/** ASVS 6.5.2, 11.4.2: whoever has a dump, but not `SECRET_KEYS`, has nobody's second factor. */
describe('A dump of the database', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp({ environment: { LOG_LEVEL: 'trace' } });
    make = new Make(test);
  });
  afterAll(() => test.close());

  const spellingsOf = (bytes: Buffer, ...more: readonly string[]) => [
    bytes.toString('hex'),
    bytes.toString('base64').replace(/=+$/, ''),
    bytes.toString('base64url'),
    ...more,
  ];

  it('has the secret of no authenticator app, begun or confirmed, in no spelling', async () => {
    const her = await make.signedIn();
    const { app, secret } = await enroll(test, her.client);
    const { body } = await her.client.post<{ secret: string }>('/v1/users/me/two-factor/totp', {
      replace: true,
    });
    const rows = (await wholeDatabase(test)).toLowerCase();
    const [row] = await test.database.query<{ sealed: string }[]>(
      `SELECT encode(sealed_secret, 'hex') AS sealed FROM totp_factors WHERE user_id = $1`,
      [her.user.id],
    );
    expect(rows).toContain(row?.sealed); // it does see them
    for (const text of [secret, body.secret, ...spellingsOf(app.secret)]) {
      expect(rows).not.toContain(text.toLowerCase());
    }
    expect(test.logged.join('\n').toLowerCase()).not.toContain(secret.toLowerCase());
  });

  it('has no recovery code, used or not, in no spelling', async () => {
    const her = await make.signedIn();
    const { recoveryCodes } = await enroll(test, her.client);
    const first = recoveryCodes ?? [];
    const { body: again } = await her.client.post<{ challengeToken: string }>('/v1/auth/login', {
      email: her.email,
      password: her.password,
    });
    const signedIn = await make.client.post<{ accessToken: string }>('/v1/auth/login/two-factor', {
      challengeToken: again.challengeToken,
      method: 'recovery_code',
      code: first[0],
    });
    expect(signedIn.status).toBe(200);
    const client = make.client.as(signedIn.body.accessToken);
    const { body } = await client.post<{ recoveryCodes: string[] }>(CODES);
    const codes = [...first, ...body.recoveryCodes];
    expect(codes).toHaveLength(20);
    const rows = (await wholeDatabase(test)).toLowerCase();
    const bare = codes.map((code) => code.replaceAll('-', ''));
    const hash = createHash('sha256')
      .update(bare.at(-1) ?? '')
      .digest('hex');
    expect(rows).toContain(hash); // it does see them
    const mails = JSON.stringify(await test.outbox.waitFor(her.email));
    const told = [rows, test.logged.join('\n').toLowerCase(), mails.toLowerCase()];
    for (const code of [...codes, ...bare]) {
      const spellings = [
        code,
        ...spellingsOf(Buffer.from(code)),
        ...spellingsOf(Buffer.from(code.toLowerCase())),
      ];
      for (const text of told) {
        for (const spelling of spellings) expect(text).not.toContain(spelling.toLowerCase());
      }
    }
  });
});
