import { Postman } from '../../src/mail/postman.js';
import { LogBook } from '../support/audit.js';
import { appOf, enroll, type TotpSetUp } from '../support/authenticator.js';
import { Browser } from '../support/browser.js';
import type { Client } from '../support/client.js';
import { Make, type MadeUser } from '../support/make.js';
import { complaintsOf, expectProblem } from '../support/problems.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const BASE = '/v1/users/me/two-factor';
const TOTP = `${BASE}/totp`;
const CONFIRM = `${TOTP}/confirm`;

describe('Setting up an authenticator app', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp({ environment: { ACCESS_TOKEN_TTL: '3600' } });
    make = new Make(test);
  });
  afterAll(() => test.close());

  const begin = async (client: Pick<Client, 'post'>, more = {}) => {
    const answer = await client.post<TotpSetUp>(TOTP, more);
    expect(answer.status).toBe(200);
    return { ...answer.body, app: appOf(test, answer.body) };
  };
  const claimsOf = (token: string) =>
    JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as object;
  const signIn = async ({ email, password }: MadeUser, code: string) => {
    const { body } = await make.client.post<{ challengeToken: string }>('/v1/auth/login', {
      email,
      password,
    });
    return make.client.post<{ accessToken: string }>('/v1/auth/login/two-factor', {
      challengeToken: body.challengeToken,
      method: 'totp',
      code,
    });
  };

  it('shows the secret in three ways, and asks for nothing yet', async () => {
    const her = await make.signedIn();
    const set = await begin(her.client);
    expect(set.secret).toMatch(/^[A-Z2-7]{32}$/);
    expect(set.otpauthUri).toBe(
      `otpauth://totp/Gatehouse:${encodeURIComponent(her.email)}?secret=${set.secret}&issuer=Gatehouse&algorithm=SHA1&digits=6&period=30`,
    );
    expect(set.qrCode).toMatch(/^data:image\/svg\+xml;base64,/);
    expect(set.expiresIn).toBe(900);
    const { body } = await her.client.get(BASE);
    expect(body).toEqual({
      totp: null,
      passkeys: 0,
      recoveryCodesLeft: 0,
      required: false,
      level: 'aal1',
      dueAt: null,
    });
    expect((await make.client.login(her.email, her.password)).body.accessToken).toBeDefined();
  });

  it('T79 counts once its code was shown, and gives ten recovery codes', async () => {
    const her = await make.signedIn();
    const { app, recoveryCodes } = await enroll(test, her.client);
    expect(new Set(recoveryCodes).size).toBe(10);
    const { body } = await her.client.get(BASE);
    expect(body).toEqual({
      totp: { createdAt: expect.any(String) as string, lastUsedAt: null },
      passkeys: 0,
      recoveryCodesLeft: 10,
      required: false,
      level: 'aal2',
      dueAt: null,
    });
    const answer = await signIn(her, app.nextCode());
    expect(claimsOf(answer.body.accessToken)).toMatchObject({ acr: 'aal2' });
  });

  it('G01 spends the code that confirms it', async () => {
    const her = await make.signedIn();
    const { app } = await enroll(test, her.client);
    expectProblem(await signIn(her, app.code()), 401, 'invalid_code');
    expect((await signIn(her, app.nextCode())).status).toBe(200);
  });

  it('raises the session that it happens in, and ends the others', async () => {
    const her = await make.signedIn();
    const other = await make.client.login(her.email, her.password);
    await enroll(test, her.client);
    expectProblem(await make.client.as(other.body.accessToken).me(), 401, 'invalid_token');
    expect((await her.client.get<{ level: string }>(BASE)).body.level).toBe('aal2');
  });

  it('gives a cookie session a fresh cookie', async () => {
    const her = await make.user();
    const [browser, thief] = [new Browser(test), new Browser(test)];
    await browser.signIn(her);
    thief.plant('session', browser.cookie('session') ?? '');
    const { recoveryCodes } = await enroll(test, browser);
    expect(recoveryCodes).toHaveLength(10);
    expect((await browser.me()).status).toBe(200);
    expectProblem(await thief.me(), 401, 'invalid_token');
  });

  it('is in the log book, and mailed to its owner', async () => {
    const her = await make.signedIn();
    await enroll(test, her.client);
    const mail = await test.outbox.about(her.email, 'A second factor was added');
    expect(mail.text).toContain('Authenticator (TOTP)');
    const words = await (await LogBook.of(test)).words(her.user.id);
    expect(words).toEqual(
      expect.arrayContaining(['second_factor_added success', 'recovery_codes_made success']),
    );
  });

  it('is over after a quarter of an hour', async () => {
    const her = await make.signedIn();
    const late = await begin(her.client);
    test.clock.forward(900);
    await her.client.post('/v1/auth/reauthenticate', { password: her.password });
    expectProblem(await her.client.post(CONFIRM, { code: late.app.code() }), 409, 'totp_not_begun');
    const { app } = await begin(her.client);
    test.clock.forward(899);
    await her.client.post('/v1/auth/reauthenticate', { password: her.password });
    expect((await her.client.post(CONFIRM, { code: app.code() })).status).toBe(200);
  });

  it('counts with the newest secret alone', async () => {
    const her = await make.signedIn();
    const older = await begin(her.client);
    const newer = await begin(her.client);
    const wrong = await her.client.post(CONFIRM, { code: older.app.code() });
    expect(complaintsOf(wrong)).toEqual(['code code_incorrect']);
    expect((await her.client.post(CONFIRM, { code: newer.app.code() })).status).toBe(200);
  });

  it.each([
    ['no code', {}, 'code required'],
    ['a number', { code: 123_456 }, 'code invalid_type'],
    ['a list', { code: ['123456'] }, 'code invalid_type'],
    ['five digits', { code: '12345' }, 'code code_incorrect'],
    ['a sign', { code: '+12345' }, 'code code_incorrect'],
    ['a whole book', { code: '1'.repeat(65) }, 'code too_long'],
    ['G14 a time of its own', { code: '123456', timestamp: 0 }, 'timestamp unknown_field'],
    ['G14 a secret of its own', { code: '123456', secret: 'A' }, 'secret unknown_field'],
  ])('changes nothing with %s', async (_, body, complaint) => {
    const her = await make.signedIn();
    await begin(her.client);
    const answer = await changingNoRow(test, () => her.client.post(CONFIRM, body));
    expectProblem(answer, 400, 'validation_failed');
    expect(complaintsOf(answer)).toContain(complaint);
  });

  it('G14 asks its own clock, and not the caller’s', async () => {
    const her = await make.signedIn();
    const { app } = await begin(her.client);
    const later = new Date(test.clock.millis() + 3_600_000).toUTCString();
    const answer = await her.client.send({
      method: 'POST',
      url: CONFIRM,
      headers: { 'content-type': 'application/json', date: later },
      payload: JSON.stringify({ code: app.code(120) }),
    });
    expect(complaintsOf(answer)).toEqual(['code code_incorrect']);
  });

  it('T79 takes a fresh proof', async () => {
    const her = await make.signedIn();
    const { app } = await begin(her.client);
    test.clock.forward(301);
    const calls = [
      () => her.client.post(TOTP, {}),
      () => her.client.post(CONFIRM, { code: app.code() }),
    ];
    for (const call of calls) {
      expectProblem(await changingNoRow(test, call), 403, 'reauthentication_required');
    }
  });

  it('G07 confirms nothing of somebody else’s', async () => {
    const [her, him] = [await make.signedIn(), await make.signedIn()];
    const hers = await begin(her.client);
    const answer = await him.client.post(CONFIRM, { code: hers.app.code() });
    expectProblem(answer, 409, 'totp_not_begun');
    await begin(him.client);
    const wrong = await him.client.post(CONFIRM, { code: hers.app.code() });
    expect(complaintsOf(wrong)).toEqual(['code code_incorrect']);
  });

  it('G11 is told by nothing once it counts: no route, no log, no mail, no row', async () => {
    const her = await make.signedIn();
    const { app, secret } = await enroll(test, her.client);
    const spellings = [secret, app.secret.toString('hex'), app.secret.toString('base64')];
    const told: string[] = [];
    for (const url of [BASE, TOTP, CONFIRM, '/v1/users/me', '/v1/users/me/export']) {
      const { text } = await her.client.get(url);
      told.push(text);
    }
    await test.app.get(Postman, { strict: false }).idle();
    told.push(JSON.stringify(test.outbox.to(her.email)), test.logged.join('\n'));
    const tables = await test.database.query<{ t: string }[]>(
      `SELECT t::text FROM totp_factors t WHERE user_id = $1
       UNION ALL SELECT t::text FROM totp_enrollments t WHERE user_id = $1
       UNION ALL SELECT t::text FROM audit_events t WHERE subject_id = $1`,
      [her.user.id],
    );
    told.push(JSON.stringify(tables));
    expect(tables.length).toBeGreaterThan(2);
    for (const text of told) {
      for (const spelling of spellings) {
        expect(text.toLowerCase()).not.toContain(spelling.toLowerCase());
      }
      expect(text).not.toContain('otpauth:');
    }
  });
});

describe('Setting up an authenticator app for an address that nobody has proved', () => {
  it('T79 is refused: it would lock the owner of the address out', async () => {
    const test = await startTestApp({ environment: { EMAIL_VERIFICATION: 'optional' } });
    const { client } = await new Make(test).signedIn({ emailVerifiedAt: null });
    for (const [url, body] of [
      [TOTP, {}],
      [CONFIRM, { code: '123456' }],
    ] as const) {
      const answer = await changingNoRow(test, () => client.post(url, body));
      expectProblem(answer, 403, 'email_not_verified');
    }
    await test.close();
  });
});

describe('Guessing at the code of an authenticator app that is being set up', () => {
  it('ends after five, and keeps nobody out', async () => {
    const test = await startTestApp({ environment: { LOGIN_FAILURES_PER_ACCOUNT: '5' } });
    const make = new Make(test);
    const her = await make.signedIn();
    const { body } = await her.client.post<TotpSetUp>(TOTP, {});
    const app = appOf(test, body);
    const tried: number[] = [];
    for (let i = 0; i < 10; i++) {
      tried.push((await her.client.post(CONFIRM, { code: app.wrongCode() })).status);
    }
    expect(tried).toEqual([400, 400, 400, 400, 400, 429, 429, 429, 429, 429]);
    const right = await her.client.post(CONFIRM, { code: app.code() });
    expect(right.status).toBe(429);
    await enroll(test, (await make.signedIn()).client);
    expect((await make.client.login(her.email, her.password)).status).toBe(200);
    await test.close();
  });
});
