import { Controller, Module, Post } from '@nestjs/common';
import { LoginRequired } from '../../src/access/access.decorators.js';
import { withAuthenticator } from '../support/authenticator.js';
import { Browser } from '../support/browser.js';
import type { Client } from '../support/client.js';
import { Make } from '../support/make.js';
import { complaintsOf, expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

@Controller('v1/vault')
class VaultController {
  @Post('open')
  @LoginRequired({ recent: 'strongest' })
  open(): { open: true } {
    return { open: true };
  }
}

@Module({ controllers: [VaultController] })
class VaultModule {}

const LATER = 301;
const REAUTHENTICATE = '/v1/auth/reauthenticate';

describe('Proving it again with a second factor', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp({
      imports: [VaultModule],
      environment: { ACCESS_TOKEN_TTL: '3600' },
    });
    make = new Make(test);
  });
  afterAll(() => test.close());

  const ann = async () => {
    const made = await make.signedIn();
    return { ...made, app: await withAuthenticator(test, made.user.id) };
  };
  const levelOf = async (client: Client) => {
    const { body } = await client.get<{ items: { current: boolean; id: string }[] }>(
      '/v1/users/me/sessions',
    );
    const id = body.items.find(({ current }) => current)?.id;
    const [row] = await test.database.query<{ methods: string[]; two_factor_at: Date | null }[]>(
      'SELECT methods, two_factor_at FROM sessions WHERE id = $1',
      [id],
    );
    return row && { methods: row.methods, since: row.two_factor_at?.getTime() };
  };

  it('opens what demands the strongest proof, and a password does not', async () => {
    const { client, password, app } = await ann();
    expectProblem(await client.post('/v1/vault/open'), 403, 'reauthentication_required');
    expect((await client.post(REAUTHENTICATE, { password })).status).toBe(204);
    expectProblem(await client.post('/v1/vault/open'), 403, 'reauthentication_required');
    expect((await client.post(REAUTHENTICATE, { code: app.code() })).status).toBe(204);
    expect((await client.post('/v1/vault/open')).status).toBe(201);
    test.clock.forward(LATER);
    expectProblem(await client.post('/v1/vault/open'), 403, 'reauthentication_required');
  });

  it('is not asked of who has none', async () => {
    const { client, password } = await make.signedIn();
    expect((await client.post('/v1/vault/open')).status).toBe(201);
    test.clock.forward(LATER);
    expect((await client.post(REAUTHENTICATE, { password })).status).toBe(204);
    expect((await client.post('/v1/vault/open')).status).toBe(201);
  });

  it('raises the session to level two', async () => {
    const { client, app } = await ann();
    expect(await levelOf(client)).toEqual({ methods: ['pwd'], since: undefined });
    const before = test.clock.millis();
    await client.post(REAUTHENTICATE, { code: app.code() });
    const first = await levelOf(client);
    expect(first?.methods).toEqual(['pwd', 'otp', 'mfa']);
    expect(first?.since).toBeGreaterThanOrEqual(before);
    await client.post(REAUTHENTICATE, { code: app.nextCode() });
    const second = await levelOf(client);
    expect(second?.methods).toEqual(['pwd', 'otp', 'mfa']);
    expect(second?.since).toBeGreaterThanOrEqual(before + 30_000);
  });

  it('gives a browser a fresh cookie', async () => {
    const { user, email, password } = await make.user();
    const app = await withAuthenticator(test, user.id);
    const browser = new Browser(test);
    const { body } = await browser.signIn({ email, password });
    const { challengeToken } = body as unknown as { challengeToken: string };
    const shown = { challengeToken, method: 'totp', code: app.code() };
    expect((await browser.post('/v1/auth/login/two-factor', shown)).status).toBe(200);
    const before = browser.cookie('session');
    expect(before).toBeDefined();
    expect((await browser.post(REAUTHENTICATE, { code: app.nextCode() })).status).toBe(204);
    expect(browser.cookie('session')).not.toBe(before);
    expect((await browser.get('/v1/users/me')).status).toBe(200);
  });

  it('G01 takes no code that signed her in, and none twice', async () => {
    const { client, app } = await ann();
    const code = app.code();
    expect((await client.post(REAUTHENTICATE, { code })).status).toBe(204);
    expectProblem(await client.post(REAUTHENTICATE, { code }), 401, 'invalid_code');
  });

  it('G07 takes nobody else’s code', async () => {
    const [her, him] = [await ann(), await ann()];
    const answer = await her.client.post(REAUTHENTICATE, { code: him.app.code() });
    expectProblem(answer, 401, 'invalid_code');
    expect(await levelOf(her.client)).toEqual({ methods: ['pwd'], since: undefined });
  });

  it.each([
    [{}, ['password required']],
    [{ password: 'x', code: '123456' }, ['code ambiguous']],
    [{ code: '123456', assertion: {} }, ['assertion ambiguous']],
    [{ code: 123456 }, ['code invalid_type']],
    [{ code: ['123456'] }, ['code invalid_type']],
    [{ assertion: 'x' }, ['assertion invalid_type']],
    [{ assertion: [] }, ['assertion invalid_type']],
    [{ code: '1'.repeat(65) }, ['code too_long']],
  ])('takes one proof, of its type: not %j', async (body, complaints) => {
    const { client } = await ann();
    const answer = await client.post(REAUTHENTICATE, body);
    expectProblem(answer, 400, 'validation_failed');
    expect(complaintsOf(answer)).toEqual(complaints);
  });
});
