import { createHash, randomBytes } from 'node:crypto';
import { Client } from '../support/client.js';
import { HostileProvider } from '../support/hostile-provider.js';
import { SocialVisits } from '../support/social-visits.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const PAGE = 'https://app.good.example';

describe('What a browser hears on its way to a provider and back', () => {
  let provider: HostileProvider;
  let test: TestApp;
  let visits: SocialVisits;

  beforeAll(async () => {
    provider = await HostileProvider.start('acme');
    test = await startTestApp({ environment: { ...provider.environment, CORS_ORIGINS: PAGE } });
    visits = new SocialVisits(test, provider);
  });
  afterAll(async () => {
    await test.close();
    await provider.close();
  });

  const codeVerifier = randomBytes(32).toString('base64url');
  const codeChallenge = createHash('sha256').update(codeVerifier).digest('base64url');

  /** Each answer of a way, up to the tokens, to who says that she comes from there. */
  const answers = async (origin?: string) => {
    const client = new Client(test);
    const headers = { ...(origin !== undefined && { origin }) };
    const query = new URLSearchParams({ redirectTo: '/docs', transport: 'token', codeChallenge });
    const url = `/v1/auth/social/acme/authorize?${query.toString()}`;
    const begun = await client.send({ method: 'GET', url, headers });
    const [cookie = ''] = [begun.headers['set-cookie']].flat();
    const back = provider.consent(String(begun.headers.location), visits.someone().sub);
    const landed = await client.send({
      method: 'GET',
      url: back.pathname + back.search,
      headers: { ...headers, cookie: cookie.split(';')[0] },
    });
    const code = new URL(String(landed.headers.location)).searchParams.get('code');
    const exchanged = await client.send({
      method: 'POST',
      url: '/v1/auth/social/exchange',
      headers: { ...headers, 'content-type': 'application/json' },
      payload: JSON.stringify({ code, codeVerifier }),
    });
    return [begun, landed, exchanged];
  };

  it('is kept by nobody, and goes with her nowhere else', async () => {
    const all = await answers();
    expect(all.map(({ status }) => status)).toEqual([302, 302, 200]);
    for (const { headers } of all) {
      expect(headers).toMatchObject({
        'cache-control': 'no-store',
        'referrer-policy': 'no-referrer',
      });
    }
  });

  it('is nothing that a page of elsewhere reads, and all that one of ours does', async () => {
    const allowed = async (origin: string) =>
      (await answers(origin)).map(({ headers }) => headers['access-control-allow-origin']);
    for (const origin of [
      'https://evil.example',
      'null',
      `${PAGE}.evil.example`,
      provider.issuer,
    ]) {
      expect(await allowed(origin)).toEqual([undefined, undefined, undefined]);
    }
    expect(await allowed(PAGE)).toEqual([PAGE, PAGE, PAGE]);
  });

  it('is a cookie for ten minutes that no script and no other site gets', async () => {
    const [begun] = await answers();
    const [cookie = ''] = [begun?.headers['set-cookie']].flat();
    expect(cookie.split('; ').slice(1).sort()).toEqual(
      ['HttpOnly', 'Max-Age=600', 'Path=/', 'SameSite=Lax'].sort(),
    );
  });
});
