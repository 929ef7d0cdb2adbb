import type { ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { SocialTokensService } from '../../src/social/tokens/social-tokens.service.js';
import { withOwnDatabase } from '../support/audit.js';
import { Client } from '../support/client.js';
import { HostileProvider, json, rs256, rsaKey } from '../support/hostile-provider.js';
import { changingNoRow } from '../support/rows.js';
import { settled, tokenOf } from '../support/social-tokens.js';
import { SocialVisits } from '../support/social-visits.js';
import type { TestApp } from '../support/test-app.js';

const PUBLIC_URL = 'http://localhost:3000';
/** Seconds for which its access tokens are good. */
const LIFE = 300;
const AWAY = { spec: { code: 'provider_unavailable' } };

describe('New tokens of a provider that lies', () => {
  let provider: HostileProvider;
  let test: TestApp;
  let visits: SocialVisits;
  let drop: () => Promise<void>;

  beforeAll(async () => {
    provider = await HostileProvider.start('acme');
    const environment = {
      ...provider.environment,
      PUBLIC_URL,
      SOCIAL_ACME_STORE_TOKENS: 'on',
      DATABASE_POOL: '2',
    };
    const own = await withOwnDatabase('hostile_tokens', { environment });
    ({ drop } = own);
    test = await own.start();
    visits = new SocialVisits(test, provider);
  });
  afterEach(() => {
    provider.lies = {};
  });
  afterAll(async () => {
    await test.close();
    await drop();
    await provider.close();
  });

  const someone = async () => {
    const { sub } = visits.someone();
    const { location, cookie } = await visits.begin();
    const { session } = await visits.comeBack(provider.consent(location, sub), cookie);
    return { sub, session, ...(await visits.whoIs(session)) };
  };

  const answering = (body: object, status = 200) => {
    const token = (response: ServerResponse) => {
      json(response, body, status);
    };
    provider.lies = { ...provider.lies, pages: { token } };
  };

  const good = { access_token: 'new', token_type: 'Bearer', expires_in: LIFE };

  it('are asked for with the refresh token, by who this server is', async () => {
    const { id } = await someone();
    test.clock.forward(LIFE);
    answering(good);
    const before = provider.asked.length;
    expect(await tokenOf(test, id)).toBe('new');
    const [asked, ...more] = provider.asked.slice(before);
    expect(more).toEqual([]);
    expect(asked?.authorization).toMatch(/^Basic /);
    const form = Object.fromEntries(new URLSearchParams(asked?.body));
    const refreshToken = provider.handedOut.findLast((each) => each.startsWith('refresh-'));
    expect(form).toEqual({ grant_type: 'refresh_token', refresh_token: refreshToken });
  });

  it.each<[string, (sub: string) => object]>([
    [
      'come for somebody else',
      () => ({ ...good, id_token: provider.idToken(provider.claims('another', 'n')) }),
    ],
    [
      'come with a signature of another key',
      (sub) => {
        provider.lies = { sign: rs256(rsaKey()) };
        return { ...good, id_token: provider.idToken(provider.claims(sub, 'n')) };
      },
    ],
    [
      'come for another server',
      (sub) => ({
        ...good,
        id_token: provider.idToken({ ...provider.claims(sub, 'n'), aud: 'x' }),
      }),
    ],
    ['are none', () => ({ token_type: 'Bearer' })],
    ['are empty', () => ({ ...good, access_token: '' })],
    ['are no text', () => ({ ...good, access_token: ['new'] })],
    ['are of another kind', () => ({ ...good, token_type: 'mac' })],
    ['ended long ago', () => ({ ...good, expires_in: -1 })],
    ['are endless', () => ({ ...good, access_token: 'a'.repeat(1_000_000) })],
    ['come with a refresh token that is none', () => ({ ...good, refresh_token: 7 })],
  ])('that %s are not taken, and those of before stay', async (_, lie) => {
    const { id, sub } = await someone();
    test.clock.forward(LIFE);
    answering(lie(sub));
    await changingNoRow(test, () => expect(tokenOf(test, id)).rejects.toMatchObject(AWAY));
    provider.lies = {};
    answering({ ...good, id_token: provider.idToken(provider.claims(sub, 'n')) });
    expect(await tokenOf(test, id)).toBe('new');
  });

  it.each<[string, object]>([
    ['holds what no scope holds', { scope: 'a\u0000b' }],
    ['is endless', { scope: 'a'.repeat(1001) }],
  ])('are given out without a scope that %s', async (_, more) => {
    const { id } = await someone();
    test.clock.forward(LIFE);
    answering({ ...good, ...more });
    const tokens = test.app.get(SocialTokensService, { strict: false });
    const given = await tokens.accessToken(id, 'acme');
    expect(given).toMatchObject({ token: 'new', scope: undefined });
  });

  it('are good for ten years at most', async () => {
    const { id } = await someone();
    test.clock.forward(LIFE);
    answering({ ...good, expires_in: 1e300 });
    const tokens = test.app.get(SocialTokensService, { strict: false });
    const given = await tokens.accessToken(id, 'acme');
    const years = ((given?.expiresAt?.getTime() ?? 0) - test.clock.millis()) / 31_536_000_000;
    expect(years).toBeCloseTo(10, 3);
  });

  it('that end sooner than anybody needs are given out all the same', async () => {
    const { id } = await someone();
    test.clock.forward(LIFE);
    answering({ ...good, expires_in: 5 });
    expect(await tokenOf(test, id)).toBe('new');
  });

  it('are not kept for who has unlinked it meanwhile', async () => {
    const { id } = await someone();
    test.clock.forward(LIFE);
    const asked = new Promise<ServerResponse>((resolve) => {
      provider.lies = { pages: { token: resolve } };
    });
    const told = tokenOf(test, id).catch((error: unknown) => error);
    const response = await asked;
    await test.database.query('DELETE FROM social_accounts WHERE user_id = $1', [id]);
    json(response, good);
    expect(await told).toMatchObject({ spec: { code: 'social_tokens_gone' } });
  });

  it('hold no connection to the database while they are waited for', async () => {
    const people = [await someone(), await someone(), await someone(), await someone()];
    test.clock.forward(LIFE);
    let waiting = 0;
    const token = () => {
      waiting++;
    };
    provider.lies = { pages: { token } };
    const told = people.map(({ id }) => tokenOf(test, id).catch((error: unknown) => error));
    const soon = performance.now() + 2000;
    while (waiting < people.length && performance.now() < soon) await pause(20);
    expect(waiting).toBe(people.length);
    const begun = performance.now();
    const answers = await Promise.all(
      people.map(({ session = '' }) =>
        new Client(test).send({
          method: 'GET',
          url: '/v1/users/me/social-accounts',
          headers: { cookie: session },
        }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(performance.now() - begun).toBeLessThan(2000);
    for (const each of await Promise.all(told)) expect(each).toMatchObject(AWAY);
    await settled(test);
  });
});
