import { fromBase62 } from '../../src/common/base62.js';
import { OpaqueToken } from '../../src/common/opaque-token.js';
import { KeyRing } from '../../src/config/key-ring.js';
import { RefreshToken } from '../../src/sessions/refresh-token.js';
import type { TokensDto } from '../../src/sessions/tokens.dto.js';
import { Browser } from '../support/browser.js';
import { type Answer, Client } from '../support/client.js';
import { GOOD_PASSWORD, Make, someEmail } from '../support/make.js';
import { expectProblem } from '../support/problems.js';
import { joined, partsOf } from '../support/refresh-token-parts.js';
import { changingNoRow } from '../support/rows.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const IN_COOKIE = { transport: 'token', refreshTransport: 'cookie' };

const turned = (text: string): string => text.slice(0, -1) + (text.endsWith('1') ? '2' : '1');

describe('In the place of a refresh token', () => {
  let test: TestApp;
  let make: Make;

  beforeAll(async () => {
    test = await startTestApp();
    make = new Make(test);
  });
  afterAll(() => test.close());

  const refresh = (refreshToken: unknown): Promise<Answer<Required<TokensDto>>> =>
    make.client.post('/v1/auth/refresh', { refreshToken });
  const signedIn = async () => {
    const made = await make.user();
    const { body } = await make.client.login(made.email, made.password);
    return { ...made, token: body.refreshToken, accessToken: body.accessToken };
  };
  const refusesAndEndsNothing = async (text: string, status = 401, code = 'invalid_token') => {
    await changingNoRow(test, async () => {
      expectProblem(await refresh(text), status, code);
    });
  };
  const successor = async (token: string): Promise<string> => {
    const { status, body } = await refresh(token);
    expect(status).toBe(200);
    return body.refreshToken;
  };

  it('a genuine one taken apart and put together again is still itself', async () => {
    const { token } = await signedIn();
    expect(joined(partsOf(token))).toBe(token);
  });

  it('a made-up secret of a known session ends nothing', async () => {
    const { token } = await signedIn();
    const parts = partsOf(token);
    await refusesAndEndsNothing(joined({ ...parts, secret: turned(parts.secret) }));
    await successor(token);
  });

  it('one whose id is no UUID is none, in a body or as a cookie', async () => {
    const { token } = await signedIn();
    const parts = { ...partsOf(token), id: '7'.repeat(22) };
    await refusesAndEndsNothing(joined(parts));
    const headers = { cookie: `session=${joined({ ...parts, prefix: 'ghs' }).slice(0, -12)}` };
    const seen = await make.client.send({ method: 'GET', url: '/v1/users/me', headers });
    expectProblem(seen, 401, 'invalid_token');
  });

  it('a used token of long ago with another seal is not believed, and ends nothing', async () => {
    const { token } = await signedIn();
    const newest = await successor(await successor(token));
    const parts = partsOf(token);
    await refusesAndEndsNothing(joined({ ...parts, seal: turned(parts.seal) }));
    await successor(newest);
  });

  it('the newest token is known by its secret, so that its seal may outlive the key that made it', async () => {
    const { token } = await signedIn();
    const parts = partsOf(token);
    await successor(joined({ ...parts, seal: turned(parts.seal) }));
  });

  it('any letter of it turned is nothing, and ends nothing', async () => {
    const { token } = await signedIn();
    await changingNoRow(test, async () => {
      for (let at = 0; at < token.lastIndexOf('_'); at++) {
        const letter = token[at] === 'a' ? 'b' : 'a';
        const text = token.slice(0, at) + letter + token.slice(at + 1);
        expectProblem(await refresh(text), 401, 'invalid_token');
      }
    });
    await successor(token);
  });

  it('the secret of one session opens no other, nor ends it', async () => {
    const [ann, eve] = [await signedIn(), await signedIn()];
    const [hers, mine] = [partsOf(ann.token), partsOf(eve.token)];
    await refusesAndEndsNothing(joined({ ...mine, id: hers.id }));
    await refusesAndEndsNothing(joined({ ...mine, id: hers.id, seal: hers.seal }));
    for (const { token } of [ann, eve]) await successor(token);
  });

  it('T83 the used token of one session ends no other', async () => {
    const [ann, eve] = [await signedIn(), await signedIn()];
    const newest = await successor(await successor(eve.token));
    await refusesAndEndsNothing(joined({ ...partsOf(eve.token), id: partsOf(ann.token).id }));
    for (const token of [ann.token, newest]) await successor(token);
  });

  it('a token sealed for a session that never was is no more than garbage', async () => {
    const ring = test.app.get(KeyRing, { strict: false });
    await refusesAndEndsNothing(RefreshToken.of(OpaqueToken.issue('ghr'), ring).reveal());
  });

  it('F11 that of a cookie is none, also under the prefix of a body', async () => {
    const page = new Browser(test);
    await page.signIn(await make.user(), IN_COOKIE);
    const cookie = page.cookie('refresh') ?? '';
    await refusesAndEndsNothing(cookie);
    await refusesAndEndsNothing(joined({ ...partsOf(cookie), prefix: 'ghr' }));
    expect(await page.post('/v1/auth/refresh')).toMatchObject({ status: 200 });
  });

  it('F11 that of a body is none in a cookie, also under the prefix of a cookie', async () => {
    const { token } = await signedIn();
    const page = new Browser(test);
    await page.get('/v1/auth/csrf');
    for (const text of [token, joined({ ...partsOf(token), prefix: 'ghc' })]) {
      page.plant('refresh', text, '/v1/auth/refresh');
      await changingNoRow(test, async () => {
        expectProblem(await page.post('/v1/auth/refresh'), 401, 'invalid_token');
      });
    }
    await successor(token);
  });

  it('E11, T85 an access token is none', async () => {
    const { accessToken } = await signedIn();
    await refusesAndEndsNothing(accessToken, 400, 'validation_failed'); // longer than any
    await refusesAndEndsNothing(accessToken.slice(0, 512));
  });

  it('E11 the value of a session cookie is none', async () => {
    const page = new Browser(test);
    await page.signIn(await make.user());
    await refusesAndEndsNothing(page.cookie('session') ?? '');
    expect(await page.me()).toMatchObject({ status: 200 });
  });

  it('E11 the value of a session cookie is none under a prefix and a seal of refresh tokens', async () => {
    const page = new Browser(test);
    await page.signIn(await make.user());
    const [, id = '', rest = ''] = page.cookie('session')?.split('_') ?? [];
    const { seal } = partsOf((await signedIn()).token);
    await refusesAndEndsNothing(joined({ prefix: 'ghr', id, secret: rest.slice(0, -6), seal }));
    expect(await page.me()).toMatchObject({ status: 200 });
  });

  it('E11 a link token is none, and is not spent', async () => {
    const email = someEmail();
    await make.client.register(email, GOOD_PASSWORD);
    const link = await test.outbox.tokenFor(email);
    await refusesAndEndsNothing(link);
    expect(await make.client.verify(link)).toMatchObject({ status: 204 });
  });

  it('E11, T85 and it is no access token, session cookie or link token itself', async () => {
    const { token } = await signedIn();
    expectProblem(await new Client(test, token).me(), 401, 'invalid_token');
    const opaque = token.slice(0, token.lastIndexOf('_'));
    expectProblem(await new Client(test, opaque).me(), 401, 'invalid_token');
    const page = new Browser(test);
    for (const text of [token, joined({ ...partsOf(token), prefix: 'ghs' }).slice(0, -12)]) {
      page.plant('session', text);
      expectProblem(await page.me(), 401, 'invalid_token');
    }
    expect((await make.client.verify(token)).status).toBeGreaterThanOrEqual(400);
    await successor(token);
  });

  it.each(['query', 'authorization', 'x-refresh-token'])(
    'nothing is read from the %s',
    async (at) => {
      const { token } = await signedIn();
      const url = `/v1/auth/refresh${at === 'query' ? `?refreshToken=${token}` : ''}`;
      const headers =
        at === 'query' ? {} : { [at]: at === 'authorization' ? `Bearer ${token}` : token };
      await changingNoRow(test, async () => {
        const { status } = await make.client.send({ method: 'POST', url, headers });
        expect([400, 401]).toContain(status);
      });
      await successor(token);
    },
  );

  it.each<[string, unknown, number]>([
    ['10 kB', `ghr_${'x'.repeat(10_240)}`, 400],
    ['600 letters', 'x'.repeat(600), 400],
    ['a lone surrogate', '\ud800', 401],
    ['an object', { $ne: null }, 400],
    ['a list of it', ['ghr_a'], 400],
    ['null', null, 400],
    ['nothing at all', undefined, 400],
  ])('%s is nothing', async (_, value, status) => {
    const answer = await refresh(value);
    expectProblem(answer, status, status === 400 ? 'validation_failed' : 'invalid_token');
  });

  it('a NUL in it is no JSON that is taken, and spends nothing', async () => {
    const { token } = await signedIn();
    for (const text of ['\0', `${token}\0`]) {
      await refusesAndEndsNothing(text, 400, 'malformed_json');
    }
    await successor(token);
  });

  it.each([' ', '\n', '%00', '=', '\u200b'])('it is none with %j behind it', async (more) => {
    const { token } = await signedIn();
    await refusesAndEndsNothing(token + more);
    await refusesAndEndsNothing(more + token);
    await successor(token);
  });

  it('C13, T87 what the database holds is none: no secret stands in it or in the log', async () => {
    const { token } = await signedIn();
    const next = await successor(token);
    const tables = await test.database.query<{ name: string }[]>(
      `SELECT quote_ident(tablename) AS name FROM pg_tables WHERE schemaname = 'public'`,
    );
    const dumps = await Promise.all(
      tables.map(({ name }) =>
        test.database.query<{ dump: string | null }[]>(
          `SELECT string_agg(t::text, '\n') AS dump FROM ${name} t`,
        ),
      ),
    );
    const everything =
      dumps
        .flat()
        .map(({ dump }) => dump)
        .join('\n') + test.logged.join('\n');
    for (const text of [token, next]) {
      const { secret } = partsOf(text);
      const hex = fromBase62(secret, 32)?.toString('hex');
      expect(hex).toHaveLength(64);
      expect(everything).not.toContain(secret);
      expect(everything).not.toContain(hex);
      expect(everything).not.toContain(text.slice(0, 40));
    }
    expect(everything).toContain(RefreshToken.parse('ghr', next)?.opaque.hash.toString('hex'));
  });
});
