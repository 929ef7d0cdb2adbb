import { randomBytes } from 'node:crypto';
import { ResealingService } from '../../src/database/resealing.service.js';
import { providerPermissions } from '../../src/social/office/social.permissions.js';
import { LogBook, withOwnDatabase } from '../support/audit.js';
import { GithubLookAlike } from '../support/github-look-alike.js';
import { heard } from '../support/heard.js';
import { someEmail } from '../support/make.js';
import { complaintsOf, expectProblem } from '../support/problems.js';
import { leadsTo, ProvidersDesk, someProvider } from '../support/providers-office.js';
import { GivingProvider, keptTokens, LIFE, sweep, tokenOf } from '../support/social-tokens.js';
import { SocialVisits } from '../support/social-visits.js';
import { startTestApp, type TestApp } from '../support/test-app.js';
import { Office } from '../support/users-office.js';

const PUBLIC_URL = 'http://localhost:3000';
const GONE = { spec: { code: 'social_tokens_gone' } };

describe('Tokens of a provider that is configured at run time', () => {
  let provider: GivingProvider;
  let test: TestApp;
  let there: TestApp;
  let visits: SocialVisits;
  let drop: () => Promise<void>;

  beforeAll(async () => {
    provider = await GivingProvider.start(PUBLIC_URL);
    const own = await withOwnDatabase('office_tokens', { environment: provider.environment });
    ({ drop } = own);
    [test, there] = [await own.start(), await own.start()];
    visits = new SocialVisits(test, provider.openid);
  });
  afterAll(async () => {
    await there.close();
    await test.close();
    await drop();
    await provider.openid.close();
  });

  const desk = async () =>
    new ProvidersDesk((await new Office(test).clerk(Object.values(providerPermissions))).client);

  /** Somebody who came by this provider. None at run time may be on this machine: the tokens are those of another. */
  const cameBy = async (id: string) => {
    const { sub } = visits.someone();
    const user = await visits.whoIs((await visits.visit(sub)).session);
    await test.database.query(
      `UPDATE social_tokens SET provider = $2 WHERE social_account_id IN
         (SELECT id FROM social_accounts WHERE user_id = $1)`,
      [user.id, id],
    );
    return user.id;
  };

  it('are kept only if it says so, which everybody sees who may see it', async () => {
    const clerk = await desk();
    const { body } = await clerk.add();
    expect(body).toMatchObject({ storeTokens: false, scopes: [] });
    const user = await cameBy(body.id);
    expect(await tokenOf(test, user, body.id)).toBeUndefined();

    const changed = await clerk.change(body.id, { storeTokens: true, scopes: ['repo'] });
    expect(changed.body).toMatchObject({ storeTokens: true, scopes: ['repo'] });
    expect(await clerk.shown(body.id)).toMatchObject({ storeTokens: true, scopes: ['repo'] });
    const url = await leadsTo(test, body.id);
    expect(url?.searchParams.get('scope')).toBe('read:user user:email repo');
    const events = await (await LogBook.of(test)).read('action=social_provider_changed');
    const about = events.find(({ details }) => details?.['provider'] === body.id);
    expect(about?.details).toMatchObject({
      before: { storeTokens: false, scopes: '' },
      after: { storeTokens: true, scopes: 'repo' },
    });
  });

  it.each([
    [
      'it is told to keep none',
      (clerk: ProvidersDesk, id: string) => clerk.change(id, { storeTokens: false }),
    ],
    ['it is removed', (clerk: ProvidersDesk, id: string) => clerk.remove(id)],
  ])('go at once when %s', async (_, act) => {
    const clerk = await desk();
    const { id } = (await clerk.add(someProvider({ storeTokens: true }))).body;
    const other = (await clerk.add(someProvider({ storeTokens: true }))).body.id;
    const [hers, his] = [await cameBy(id), await cameBy(other)];
    expect(await tokenOf(test, hers, id)).toBeDefined();
    expect((await act(clerk, id)).status).toBeLessThan(300);
    expect(await keptTokens(test, hers)).toBe(0);
    await heard(there);
    expect(await tokenOf(there, hers, id)).toBeUndefined();
    expect(await tokenOf(there, his, other)).toBeDefined();
  });

  it('stay when something else of it changes, and while it is switched off', async () => {
    const clerk = await desk();
    const { id } = (await clerk.add(someProvider({ storeTokens: true }))).body;
    const hers = await cameBy(id);
    expect((await clerk.change(id, { isEnabled: false })).status).toBe(200);
    await sweep(test);
    expect(await tokenOf(test, hers, id)).toBeUndefined();
    expect((await clerk.change(id, { isEnabled: true })).status).toBe(200);
    expect(await tokenOf(test, hers, id)).toBeDefined();
  });

  it('that a node wrote that had not heard yet go with the next sweep', async () => {
    const clerk = await desk();
    const { id } = (await clerk.add(someProvider())).body;
    const hers = await cameBy(id);
    await sweep(there);
    expect(await keptTokens(test, hers)).toBe(0);
  });

  it.each([
    [{ storeTokens: 'on' }, 'storeTokens invalid_type'],
    [{ scopes: 'repo' }, 'scopes invalid_type'],
    [{ scopes: ['two words'] }, 'scopes invalid_scope'],
    [{ scopes: [''] }, 'scopes invalid_scope'],
    [{ scopes: ['"'] }, 'scopes invalid_scope'],
    [{ scopes: Array.from({ length: 21 }, () => 'x') }, 'scopes too_long'],
  ])('are not asked for by %j', async (wrong, complaint) => {
    const clerk = await desk();
    const answer = await clerk.add(someProvider(wrong));
    expectProblem(answer, 400, 'validation_failed');
    expect(complaintsOf(answer)).toContain(complaint);
  });
});

/** SECRET_KEYS are replaced in three steps (secret-keys). */
describe('Tokens of a provider, when the secret keys are replaced', () => {
  const [older, newer] = [randomBytes(32), randomBytes(32)].map((key) => key.toString('base64'));
  let provider: GivingProvider;
  let url: string;
  let drop: () => Promise<void>;
  let test: TestApp;
  let hers: { readonly id: string; readonly sub: string };

  beforeAll(async () => {
    provider = await GivingProvider.start(PUBLIC_URL);
    ({ url, drop } = await withOwnDatabase('token_keys'));
  });
  afterEach(() => test.close());
  afterAll(async () => {
    await drop();
    await provider.openid.close();
  });

  const start = async (...keys: unknown[]) => {
    const environment = { ...provider.environment, DATABASE_URL: url, SECRET_KEYS: keys.join(',') };
    test = await startTestApp({ environment });
    return test.app.get(ResealingService, { strict: false });
  };
  const statusOf = async (resealing: ResealingService) =>
    (await resealing.status())
      .filter(({ column }) => column.table === 'social_tokens')
      .map(({ newest, older: others }) => ({ newest, older: others }));

  it('are sealed', async () => {
    const resealing = await start(older);
    const visits = new SocialVisits(test, provider.openid);
    const { sub } = visits.someone();
    hers = { sub, ...(await visits.whoIs((await visits.visit(sub)).session)) };
    expect(await statusOf(resealing)).toEqual(Array(2).fill({ newest: 1, older: 0 }));
  });

  it('are sealed anew', async () => {
    const resealing = await start(newer, older);
    expect(await statusOf(resealing)).toEqual(Array(2).fill({ newest: 0, older: 1 }));
    expect(await resealing.reseal()).toBeGreaterThanOrEqual(2);
    expect(await statusOf(resealing)).toEqual(Array(2).fill({ newest: 1, older: 0 }));
  });

  it('are given out and refreshed on when the older one is dropped', async () => {
    await start(newer);
    expect(await provider.ownerOf(await tokenOf(test, hers.id))).toBe(hers.sub);
    test.clock.forward(LIFE);
    expect(await provider.ownerOf(await tokenOf(test, hers.id))).toBe(hers.sub);
    expect(provider.refreshes).toEqual(['given']);
  });

  it('that no key opens are gone until she comes again', async () => {
    await start(newer);
    await test.database.query('UPDATE social_tokens SET sealed_access_token = $1', [
      Buffer.alloc(64),
    ]);
    await expect(tokenOf(test, hers.id)).rejects.toMatchObject(GONE);
    await new SocialVisits(test, provider.openid).visit(hers.sub);
    expect(await provider.ownerOf(await tokenOf(test, hers.id))).toBe(hers.sub);
  });
});

describe('Tokens of GitHub', () => {
  let github: GithubLookAlike;
  let test: TestApp;
  let visits: SocialVisits;

  beforeAll(async () => {
    github = await GithubLookAlike.start();
    const environment = { ...github.environment, SOCIAL_GITHUB_STORE_TOKENS: 'on' };
    test = await startTestApp({ environment: { ...environment, SOCIAL_GITHUB_SCOPES: 'repo' } });
    visits = new SocialVisits(test, { people: new Map() }, 'github');
  });
  afterAll(async () => {
    await test.close();
    await github.close();
  });

  let number = 1_000_000;
  const someone = async () => {
    const emails = [{ email: someEmail('eve'), primary: true, verified: true }];
    const { location, cookie } = await visits.begin();
    const asked = new URL(location).searchParams.get('scope');
    expect(asked).toBe('read:user user:email repo');
    const back = github.consent(location, { user: { id: number++, name: 'Eve' }, emails });
    return visits.whoIs((await visits.comeBack(back, cookie)).session);
  };

  it('have no end, and are given out as long as they are there', async () => {
    const { id } = await someone();
    const token = await tokenOf(test, id, 'github');
    expect(token).toMatch(/^gho_/);
    test.clock.forward(365 * 86_400);
    expect(await tokenOf(test, id, 'github')).toBe(token);
  });

  it('of a GitHub App end, are refreshed, and are gone when it says so in its own way', async () => {
    github.isApp = true;
    const { id } = await someone();
    const tokens = new Set([await tokenOf(test, id, 'github')]);
    for (let i = 0; i < 2; i++) {
      test.clock.forward(28_800);
      tokens.add(await tokenOf(test, id, 'github'));
    }
    expect(tokens.size).toBe(3);
    github.takeAllBack();
    test.clock.forward(28_800);
    await expect(tokenOf(test, id, 'github')).rejects.toMatchObject(GONE);
    expect(await keptTokens(test, id)).toBe(0);
  });
});
