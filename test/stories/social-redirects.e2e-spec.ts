import { Client } from '../support/client.js';
import { HostileProvider } from '../support/hostile-provider.js';
import { Make } from '../support/make.js';
import { changingNoRow } from '../support/rows.js';
import { SocialVisits } from '../support/social-visits.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const OURS = 'http://localhost:3000';
const PAGE = 'https://app.good.example';
const APP = 'com.good.app:/signed-in';

/** OWASP: unvalidated redirects; RFC 9700, 4.11. The rest of the forms is in test/unit/social/redirect-target.spec.ts. */
describe('A way to a provider', () => {
  let provider: HostileProvider;
  let test: TestApp;
  let visits: SocialVisits;

  beforeAll(async () => {
    provider = await HostileProvider.start('acme');
    const environment = { ...provider.environment, CORS_ORIGINS: PAGE, SOCIAL_REDIRECTS: APP };
    test = await startTestApp({ environment });
    visits = new SocialVisits(test, provider);
  });
  afterAll(async () => {
    await test.close();
    await provider.close();
  });

  it.each([
    ['/welcome?x=1#y', `${OURS}/welcome`],
    [`${OURS}/a//b`, `${OURS}/a//b`],
    [`${PAGE}/signed-in?next=%2F%2Fevil.example`, `${PAGE}/signed-in`],
    [APP, APP],
  ])('to %s ends there, whatever comes of it', async (redirectTo, end) => {
    const ends = [];
    for (const error of [undefined, 'access_denied']) {
      const { location, cookie } = await visits.begin({ redirectTo });
      const back = provider.consent(location, visits.someone().sub);
      if (error !== undefined) back.searchParams.set('error', error);
      ends.push((await visits.comeBack(back, cookie)).location);
    }
    for (const location of ends) expect(location.startsWith(end)).toBe(true);
    expect(ends[1]).toContain('error=provider_refused');
  });

  const evil = [
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    ' //evil.example',
    'https:evil.example',
    'https:/evil.example',
    'http:///evil.example',
    'https://evil.example',
    `${PAGE}@evil.example`,
    `${PAGE}:x@evil.example`,
    `${PAGE}.evil.example`,
    `${PAGE}:444/`,
    `${PAGE}\\@evil.example`,
    PAGE.replace('https', 'http'),
    'https://sub.app.good.example/',
    'https://evil.example#https://app.good.example',
    'javascript:alert(1)',
    'data:text/html,x',
    'com.good.app:/signed-in/else',
    'com.evil.app:/signed-in',
    '/a\r\nset-cookie: session=1',
    `/${'a'.repeat(8192)}`,
    '',
  ];

  it.each(evil)('never begins with %j', async (redirectTo) => {
    const search = new URLSearchParams({ redirectTo }).toString();
    const { status, headers } = await changingNoRow(test, () =>
      new Client(test).get(`/v1/auth/social/acme/authorize?${search}`),
    );
    expect({ status, location: headers.location }).toEqual({ status: 400, location: undefined });
  });

  it('never begins with one address for the check and another for the way', async () => {
    const search = `redirectTo=/welcome&redirectTo=${encodeURIComponent('https://evil.example')}`;
    const { status } = await new Client(test).get(`/v1/auth/social/acme/authorize?${search}`);
    expect(status).toBe(400);
  });

  it('to link a provider never begins with any of them', async () => {
    const { client } = await new Make(test).signedIn();
    const url = '/v1/users/me/social-accounts/acme/authorize';
    expect((await client.post(url, { redirectTo: `${PAGE}/settings` })).status).toBe(200);
    for (const redirectTo of evil) {
      expect({ redirectTo, ...(await client.post(url, { redirectTo })) }).toMatchObject({
        redirectTo,
        status: 400,
      });
    }
  });
});
