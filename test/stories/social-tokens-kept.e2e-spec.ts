import { DeletionSweepService } from '../../src/account/leaving/deletion-sweep.service.js';
import { LogBook, withOwnDatabase } from '../support/audit.js';
import type { Client } from '../support/client.js';
import { wholeDatabase } from '../support/dump.js';
import { Make } from '../support/make.js';
import { signInAt } from '../support/openid-provider.js';
import { GivingProvider, keptTokens, LIFE, sweep, tokenOf } from '../support/social-tokens.js';
import { SocialVisits } from '../support/social-visits.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const PUBLIC_URL = 'http://localhost:3000';
const OWN = '/v1/users/me/social-accounts';

describe('What is kept of the tokens of a provider', () => {
  let provider: GivingProvider;
  let test: TestApp;
  let visits: SocialVisits;
  /** The same, without asking for refresh tokens. */
  let brief: TestApp;
  /** The same, without anything kept. */
  let off: TestApp;
  let drop: () => Promise<void>;

  beforeAll(async () => {
    provider = await GivingProvider.start(PUBLIC_URL);
    const scopes = { SOCIAL_ACME_SCOPES: 'offline_access' };
    const own = await withOwnDatabase('kept_tokens');
    ({ drop } = own);
    const start = (settings: Readonly<Record<string, string>>) => {
      const environment = { ...provider.openid.environment, DATABASE_URL: own.url, ...settings };
      return startTestApp({ environment: { ...environment, LOG_LEVEL: 'trace' } });
    };
    off = await start(scopes);
    brief = await start({ SOCIAL_ACME_STORE_TOKENS: 'on' });
    test = await start({ SOCIAL_ACME_STORE_TOKENS: 'on', ...scopes });
    visits = new SocialVisits(test, provider.openid);
  });
  afterAll(async () => {
    for (const each of [off, brief, test]) await each.close();
    await drop();
    await provider.openid.close();
  });

  /** On every server. */
  const later = (seconds: number) => {
    for (const each of [off, brief, test]) each.clock.forward(seconds);
  };

  const link = async (client: Client) => {
    const { sub } = visits.someone();
    const begun = await client.post<{ url: string }>(`${OWN}/acme/authorize`, {
      redirectTo: '/docs',
    });
    const [cookie = ''] = [begun.headers['set-cookie']].flat();
    const back = await signInAt(begun.body.url, sub);
    const { location } = await visits.comeBack(back, cookie.split(';')[0] ?? '');
    expect(location).toBe(`${PUBLIC_URL}/docs?linked=true`);
    return sub;
  };

  /** Somebody who has a password, and links the provider. */
  const linked = async () => {
    const made = await new Make(test).signedIn();
    return { ...made, id: made.user.id, sub: await link(made.client) };
  };

  it('is nothing, unless it is asked for', async () => {
    const there = new SocialVisits(off, provider.openid);
    const { id } = await there.whoIs((await there.visit(there.someone().sub)).session);
    expect(await keptTokens(off, id)).toBe(0);
    expect(await tokenOf(off, id)).toBeUndefined();
    expect(await tokenOf(test, id)).toBeUndefined();
  });

  it('is sealed, and told to nobody but the application', async () => {
    const issued: string[] = [];
    const { within } = provider.openid;
    const note = ({ jti }: { jti: string }) => issued.push(jti);
    within.on('access_token.saved', note);
    within.on('refresh_token.saved', note);
    const { id, client } = await linked();
    const first = await tokenOf(test, id);
    later(LIFE);
    const second = await tokenOf(test, id);
    within.off('access_token.saved', note);
    within.off('refresh_token.saved', note);
    expect(issued).toHaveLength(4);
    expect(issued).toEqual(expect.arrayContaining([first, second]));

    const answers = [await client.get(OWN), await client.me()];
    const told = [
      await wholeDatabase(test),
      JSON.stringify(await (await LogBook.of(test)).about(id)),
      ...answers.map(({ text }) => text),
      ...test.logged,
    ];
    expect(told[0]).toContain(id); // it does see them
    for (const secret of issued) {
      const bytes = Buffer.from(secret);
      for (const spelling of [secret, bytes.toString('hex'), bytes.toString('base64')]) {
        for (const text of told) expect(text).not.toContain(spelling);
      }
    }
  });

  it('is not in what she is told of herself', async () => {
    const { id, client } = await linked();
    const token = (await tokenOf(test, id)) ?? 'none';
    const { status, text } = await client.get('/v1/users/me/export');
    expect(status).toBe(200);
    expect(text).toContain('socialAccounts');
    expect(text).not.toContain(token);
    expect(text).not.toMatch(/sealed|"type":"Buffer"|socialTokens/);
  });

  it('is what she came with last', async () => {
    const { id, sub } = await linked();
    const first = await tokenOf(test, id);
    await visits.visit(sub);
    const second = await tokenOf(test, id);
    expect(second).not.toBe(first);
    expect(await provider.ownerOf(second)).toBe(sub);
    expect(await keptTokens(test, id)).toBe(1);
  });

  it('is the refresh token of before where she comes without one', async () => {
    const { id, sub } = await linked();
    await new SocialVisits(brief, provider.openid).visit(sub);
    const came = await tokenOf(brief, id);
    expect(await provider.ownerOf(came)).toBe(sub);
    expect(await tokenOf(test, id)).toBe(came);
    provider.refreshes.length = 0;
    later(LIFE);
    expect(await provider.ownerOf(await tokenOf(test, id))).toBe(sub);
    expect(provider.refreshes).toEqual(['given']);
  });

  it('is worth nothing after its end where there is no refresh token', async () => {
    const there = new SocialVisits(brief, provider.openid);
    const { sub } = there.someone();
    const { id } = await there.whoIs((await there.visit(sub)).session);
    expect(await provider.ownerOf(await tokenOf(brief, id))).toBe(sub);
    later(LIFE);
    const gone = { spec: { code: 'social_tokens_gone' } };
    await expect(tokenOf(brief, id)).rejects.toMatchObject(gone);
    await there.visit(sub);
    expect(await provider.ownerOf(await tokenOf(brief, id))).toBe(sub);
  });

  it('is of the one of two accounts there that she came with last', async () => {
    const { id, client, sub: first } = await linked();
    const second = await link(client);
    expect(await keptTokens(test, id)).toBe(2);
    expect(await provider.ownerOf(await tokenOf(test, id))).toBe(second);
    later(1);
    await visits.visit(first);
    expect(await provider.ownerOf(await tokenOf(test, id))).toBe(first);
  });

  it('is good whatever happens at once', async () => {
    const { id, sub } = await linked();
    later(LIFE);
    const coming = Array.from({ length: 4 }, () => visits.visit(sub));
    const asking = Array.from({ length: 40 }, (_, i) => tokenOf(i % 2 === 0 ? test : brief, id));
    for (const { location } of await Promise.all(coming)) {
      expect(location).toBe(`${PUBLIC_URL}/docs`);
    }
    const told = await Promise.all(asking);
    const owners = await Promise.all([...new Set(told)].map((each) => provider.ownerOf(each)));
    expect([...new Set(owners)]).toEqual([sub]);
    later(LIFE);
    expect(await provider.ownerOf(await tokenOf(test, id))).toBe(sub);
  });

  it('is hers alone', async () => {
    const [ann, bob] = [await linked(), await new Make(test).user()];
    expect(await tokenOf(test, bob.user.id)).toBeUndefined();
    expect(await tokenOf(test, ann.id, 'google')).toBeUndefined();
  });

  it('goes when she unlinks the provider', async () => {
    const { id, client } = await linked();
    const { body } = await client.get<{ items: { id: string }[] }>(OWN);
    const account = body.items[0]?.id ?? '';
    expect((await client.send({ method: 'DELETE', url: `${OWN}/${account}` })).status).toBe(204);
    expect(await keptTokens(test, id)).toBe(0);
    expect(await tokenOf(test, id)).toBeUndefined();
  });

  it('is not given out from the moment she leaves, and goes with the account', async () => {
    const { id, client } = await linked();
    expect((await client.send({ method: 'DELETE', url: '/v1/users/me' })).status).toBe(202);
    expect(await tokenOf(test, id)).toBeUndefined();
    expect(await keptTokens(test, id)).toBe(1);
    later(15 * 86_400);
    await test.app.get(DeletionSweepService, { strict: false }).sweep();
    const left = await test.database.query<unknown[]>(
      `SELECT 1 FROM social_tokens t LEFT JOIN social_accounts a ON a.id = t.social_account_id
        WHERE a.id IS NULL OR a.user_id = $1`,
      [id],
    );
    expect(left).toEqual([]);
  });

  it('is nothing of somebody who is switched off, though she comes by the provider', async () => {
    const { id, sub } = await linked();
    const before = await tokenOf(test, id);
    await test.database.query('UPDATE users SET is_active = false WHERE id = $1', [id]);
    expect(await tokenOf(test, id)).toBeUndefined();
    expect((await visits.visit(sub)).session).toBeUndefined();
    await test.database.query('UPDATE users SET is_active = true WHERE id = $1', [id]);
    expect(await tokenOf(test, id)).toBe(before);
  });

  it('goes with the next sweep when the setting is switched off or the provider is gone', async () => {
    const { id } = await linked();
    expect(await sweep(test)).toBe(0);
    expect(await keptTokens(test, id)).toBe(1);
    expect(await tokenOf(off, id)).toBeUndefined();
    expect(await sweep(off)).toBeGreaterThanOrEqual(1);
    expect(await keptTokens(test, id)).toBe(0);
  });
});
