import { randomInt } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { GithubLookAlike, type GithubPerson } from '../support/github-look-alike.js';
import { json } from '../support/hostile-provider.js';
import { someEmail } from '../support/make.js';
import { SocialVisits } from '../support/social-visits.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const PUBLIC_URL = 'http://localhost:3000';
const TOKEN = '/login/oauth/access_token';

describe('Signing in with GitHub', () => {
  let github: GithubLookAlike;
  let test: TestApp;
  let visits: SocialVisits;

  beforeAll(async () => {
    github = await GithubLookAlike.start();
    test = await startTestApp({ environment: github.environment });
    visits = new SocialVisits(test, { people: new Map() }, 'github');
  });
  afterEach(() => {
    github.instead = undefined;
  });
  afterAll(async () => {
    await test.close();
    await github.close();
  });

  const someId = () => randomInt(1, 2 ** 47);
  const someone = (user: object = {}, emails?: unknown): GithubPerson => ({
    user: { login: 'eve', id: someId(), node_id: 'MDQ6', name: 'Eve Moss', email: null, ...user },
    emails: emails ?? [
      { email: someEmail('eve'), primary: true, verified: true, visibility: null },
    ],
  });
  const visit = async (person: GithubPerson) => {
    const { location, cookie } = await visits.begin();
    return visits.comeBack(github.consent(location, person), cookie);
  };
  const errorOf = async (person: GithubPerson) =>
    new URL((await visit(person)).location).searchParams.get('error');

  it('takes the primary address of its list, which is verified, and no other', async () => {
    const email = someEmail('primary');
    const person = someone({ email: someEmail('public') }, [
      { email: someEmail('other'), primary: false, verified: true },
      { email, primary: true, verified: true },
    ]);
    const { location, session } = await visit(person);
    expect(location).toBe(`${PUBLIC_URL}/docs`);
    expect(await visits.whoIs(session)).toMatchObject({ email, emailVerified: true });
  });

  it('makes no account of a primary address that is not verified, whatever others are', async () => {
    const person = someone({ email: someEmail('public') }, [
      { email: someEmail('other'), primary: false, verified: true },
      { email: someEmail('primary'), primary: true, verified: false },
    ]);
    expect(await errorOf(person)).toBe('email_unverified');
  });

  it.each([
    ['an empty list', []],
    ['no list', { email: 'eve@example.com', primary: true, verified: true }],
    ['a list without a primary one', [{ email: 'eve@example.com', verified: true }]],
    ['a primary one by a word', [{ email: 'eve@example.com', primary: 'true', verified: true }]],
  ])('makes no account of the public address where there is %s', async (_, emails) => {
    expect(await errorOf(someone({ email: someEmail('public') }, emails))).toBe('email_required');
  });

  it('takes no word for verified', async () => {
    const emails = [{ email: someEmail('eve'), primary: true, verified: 'true' }];
    expect(await errorOf(someone({}, emails))).toBe('email_unverified');
  });

  it.each([undefined, null, '583231', 1.5, -1, 0, 2 ** 53, [583231]])(
    'takes %j for nobody’s number',
    async (id) => {
      expect(await errorOf(someone({ id }))).toBe('provider_refused');
    },
  );

  it('knows her by her number, whatever she is called and reached by later', async () => {
    const id = someId();
    const ids = [];
    for (const login of ['eve', 'adam']) {
      ids.push((await visits.whoIs((await visit(someone({ id, login }))).session)).id);
    }
    expect(ids[0]).toBeDefined();
    expect(ids[0]).toBe(ids[1]);
  });

  it('does not take who has her name now for her', async () => {
    const first = await visit(someone({ login: 'taken' }));
    const second = await visit(someone({ login: 'taken' }));
    const ids = await Promise.all([first, second].map(({ session }) => visits.whoIs(session)));
    expect(ids[0]?.id).not.toBe(ids[1]?.id);
  });

  it('takes a code once', async () => {
    const { location, cookie } = await visits.begin();
    const back = github.consent(location, someone());
    expect((await visits.comeBack(back, cookie)).status).toBe(302);
    const again = await visits.begin();
    back.searchParams.set('state', new URL(again.location).searchParams.get('state') ?? '');
    const landed = await visits.comeBack(back, again.cookie);
    expect(landed.location).toBe(`${PUBLIC_URL}/docs?error=provider_refused`);
  });

  it('hears that somebody said no', async () => {
    const { location, cookie } = await visits.begin();
    const back = github.consent(location, someone());
    back.searchParams.delete('code');
    back.searchParams.set('error', 'access_denied');
    const landed = await visits.comeBack(back, cookie);
    expect(landed.location).toBe(`${PUBLIC_URL}/docs?error=provider_refused`);
  });

  const html = (response: ServerResponse) =>
    response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Unicorn!</h1>');
  it.each([
    ['refuses with status 200', TOKEN, { error: 'bad_verification_code' }, 200, 'provider_refused'],
    ['fails at the token', TOKEN, {}, 502, 'provider_unavailable'],
    ['gives no token', TOKEN, { token_type: 'bearer' }, 200, 'provider_refused'],
    [
      'denies the profile',
      '/api/v3/user',
      { message: 'Bad credentials' },
      401,
      'provider_unavailable',
    ],
    ['limits the profile', '/api/v3/user', { message: 'rate limit' }, 403, 'provider_unavailable'],
    ['denies the addresses', '/api/v3/user/emails', {}, 404, 'provider_unavailable'],
    ['tells a list of nothings', '/api/v3/user/emails', [null], 200, 'provider_unavailable'],
  ])('which %s: nobody is signed in', async (_, path, body, status, error) => {
    github.instead = (url, response) => {
      if (url === path) json(response, body, status);
      return url === path;
    };
    const landed = await visit(someone());
    expect(landed.location).toBe(`${PUBLIC_URL}/docs?error=${error}`);
    expect(landed.session).toBeUndefined();
  });

  it.each([TOKEN, '/api/v3/user', '/api/v3/user/emails'])(
    'which shows a page at %s: nobody is signed in',
    async (path) => {
      github.instead = (url, response) => {
        if (url === path) html(response);
        return url === path;
      };
      expect(await errorOf(someone())).toBe('provider_unavailable');
    },
  );
});
