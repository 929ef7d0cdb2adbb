import { Controller, Module, Post } from '@nestjs/common';
import { LoginRequired } from '../../src/access/access.decorators.js';
import { PasswordService } from '../../src/passwords/password.service.js';
import { Browser } from '../support/browser.js';
import { Make } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

@Controller('v1/vault')
class VaultController {
  @Post('open')
  @LoginRequired({ recent: true })
  open(): { open: true } {
    return { open: true };
  }
}

@Module({ controllers: [VaultController] })
class VaultModule {}

const LATER = 301;

describe('A sensitive call', () => {
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

  const prove = (password: unknown) => ['/v1/auth/reauthenticate', { password }] as const;

  it('is allowed shortly after signing in, and later only to those who prove it again', async () => {
    const { client, password } = await make.signedIn();
    expect(await client.post('/v1/vault/open')).toMatchObject({ status: 201 });
    test.clock.forward(LATER);
    const late = await client.post('/v1/vault/open');
    expectProblem(late, 403, 'reauthentication_required');
    expect(await client.me()).toMatchObject({ status: 200 });
    expect(await client.post(...prove(password))).toMatchObject({ status: 204, text: '' });
    expect(await client.post('/v1/vault/open')).toMatchObject({ status: 201 });
  });

  it.each(['wrong', '', 'A VIOLET RIDES THE TRAM', ' a violet rides the tram'])(
    'stays shut for %p',
    async (password) => {
      const { client } = await make.signedIn();
      test.clock.forward(LATER);
      expect((await client.post(...prove(password))).status).toBe(password === '' ? 400 : 401);
      const answer = await client.post('/v1/vault/open');
      expectProblem(answer, 403, 'reauthentication_required');
    },
  );

  it.each([1, null, [], {}, undefined])('takes no password such as %p', async (password) => {
    const { client } = await make.signedIn();
    expectProblem(await client.post(...prove(password)), 400, 'validation_failed');
  });

  it('is proved with the password of the caller alone', async () => {
    const { client } = await make.signedIn();
    const passwordHash = await test.app
      .get(PasswordService, { strict: false })
      .hash('another one!');
    const other = await make.user({ passwordHash });
    const answer = await client.post(...prove('another one!'));
    expectProblem(answer, 401, 'invalid_credentials');
    expect(other.user.passwordHash).toBe(passwordHash);
    const anonymous = await make.client.post(...prove('a violet rides the tram'));
    expectProblem(anonymous, 401, 'not_authenticated');
  });

  describe('by cookie', () => {
    const signedIn = async () => {
      const made = await make.user();
      const browser = new Browser(test);
      await browser.signIn(made);
      return { ...made, browser };
    };

    it('gets a fresh cookie and a fresh CSRF token; the former ones are dead at once', async () => {
      const { browser, password } = await signedIn();
      const former = { session: browser.cookie('session'), csrf: browser.csrf };
      expect(await browser.post(...prove(password))).toMatchObject({ status: 204 });
      expect(browser.cookie('session')).not.toBe(former.session);
      expect(await browser.post('/v1/vault/open')).toMatchObject({ status: 201 });
      const url = '/v1/vault/open';
      const stale = await browser.send({ method: 'POST', url, headers: former.csrf });
      expectProblem(stale, 403, 'csrf_failed');
      browser.plant('session', former.session ?? '');
      expectProblem(await browser.me(), 401, 'invalid_token');
    });

    it('leaves one cookie when 20 prove it at once', async () => {
      const { browser, password } = await signedIn();
      const answers = await Promise.all(
        Array.from({ length: 20 }, () => browser.post(...prove(password))),
      );
      expect(answers.every(({ status }) => [204, 401].includes(status))).toBe(true);
      const cookies = answers
        .filter(({ status }) => status === 204)
        .map(({ headers }) => /session=(ghs_\w+)/.exec(String(headers['set-cookie']))?.[1] ?? '');
      const alive = await Promise.all(
        cookies.map(async (value) => {
          const headers = { cookie: `session=${value}` };
          const url = '/v1/users/me';
          return (await make.client.send({ method: 'GET', url, headers })).status === 200;
        }),
      );
      expect(alive.filter(Boolean)).toHaveLength(1);
    });
  });
});
