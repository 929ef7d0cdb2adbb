import type { ServerResponse } from 'node:http';
import type { Failure } from '../../src/common/failure.js';
import { withOwnDatabase } from '../support/audit.js';
import { json } from '../support/hostile-provider.js';
import { GivingProvider, LIFE, settled, tokenOf } from '../support/social-tokens.js';
import { SocialVisits } from '../support/social-visits.js';
import type { TestApp } from '../support/test-app.js';

const PUBLIC_URL = 'http://localhost:3000';

const codeOf = (error: unknown) => (error as Failure).spec.code;

describe('Tokens of a provider', () => {
  let provider: GivingProvider;
  let test: TestApp;
  let there: TestApp;
  let visits: SocialVisits;
  let start: () => Promise<TestApp>;
  let drop: () => Promise<void>;

  beforeAll(async () => {
    provider = await GivingProvider.start(PUBLIC_URL);
    const own = await withOwnDatabase('social_tokens', { environment: provider.environment });
    ({ start, drop } = own);
    [test, there] = [await start(), await start()];
    visits = new SocialVisits(test, provider.openid);
  });
  beforeEach(() => {
    provider.refreshes.length = 0;
  });
  afterEach(() => {
    provider.openid.instead = undefined;
  });
  afterAll(async () => {
    await there.close();
    await test.close();
    await drop();
    await provider.openid.close();
  });

  const someone = async () => {
    const { sub } = visits.someone();
    const { session } = await visits.visit(sub);
    const { id } = await visits.whoIs(session);
    return { sub, id };
  };

  /** The access token is over on every node. */
  const later = () => {
    for (const node of [test, there]) node.clock.forward(LIFE);
  };

  it('are given out as they came, while they are good', async () => {
    const { sub, id } = await someone();
    const token = await tokenOf(test, id);
    expect(await provider.ownerOf(token)).toBe(sub);
    expect(await tokenOf(there, id)).toBe(token);
    expect(provider.refreshes).toEqual([]);
  });

  it('are refreshed a minute before they end, and again, though each refresh token is good for once', async () => {
    const { sub, id } = await someone();
    const tokens = new Set([await tokenOf(test, id)]);
    for (const node of [test, there, test]) {
      for (const each of [test, there]) each.clock.forward(LIFE - 59);
      const token = await tokenOf(node, id);
      expect(await provider.ownerOf(token)).toBe(sub);
      expect(await tokenOf(node, id)).toBe(token);
      tokens.add(token);
    }
    expect(tokens.size).toBe(4);
    expect(provider.refreshes).toEqual(['given', 'given', 'given']);
  });

  it('are refreshed once where 50 ask at once, at two nodes', async () => {
    const { sub, id } = await someone();
    later();
    const tokens = await Promise.all(
      Array.from({ length: 50 }, (_, i) => tokenOf(i % 2 === 0 ? test : there, id)),
    );
    expect(new Set(tokens).size).toBe(1);
    expect(await provider.ownerOf(tokens[0])).toBe(sub);
    expect(provider.refreshes).toEqual(['given']);
  });

  it('are gone once the grant was taken back there, and who asks is told', async () => {
    const { sub, id } = await someone();
    await provider.takeBack((await tokenOf(test, id)) ?? '');
    later();
    const told = await Promise.allSettled([test, there, test].map((node) => tokenOf(node, id)));
    for (const each of told) {
      const gone = each.status === 'rejected' ? codeOf(each.reason) : each.value;
      expect([undefined, 'social_tokens_gone']).toContain(gone);
    }
    expect(told.filter(({ status }) => status === 'rejected').length).toBeGreaterThan(0);
    expect(await tokenOf(test, id)).toBeUndefined();
    expect(provider.refreshes).toEqual(['refused']);

    await visits.visit(sub);
    expect(await provider.ownerOf(await tokenOf(test, id))).toBe(sub);
  });

  it.each<[string, (path: string, response: ServerResponse) => boolean]>([
    ['does not answer', () => true],
    ['hangs up', (_, response) => Boolean(response.destroy())],
    [
      'fails',
      (_, response) => {
        json(response, { error: 'server_error' }, 500);
        return true;
      },
    ],
    [
      'does not know this server any more',
      (_, response) => {
        json(response, { error: 'invalid_client' }, 401);
        return true;
      },
    ],
  ])('fail in time while the provider %s, and are there when it is back', async (_, instead) => {
    const { sub, id } = await someone();
    later();
    provider.openid.instead = instead;
    const begun = performance.now();
    const told = await Promise.allSettled(
      Array.from({ length: 10 }, (__, i) => tokenOf(i % 2 === 0 ? test : there, id)),
    );
    expect(performance.now() - begun).toBeLessThan(6000);
    for (const each of told) {
      expect(each.status === 'rejected' && codeOf(each.reason)).toBe('provider_unavailable');
    }
    provider.openid.instead = undefined;
    await Promise.all([settled(test), settled(there)]);
    expect(await provider.ownerOf(await tokenOf(there, id))).toBe(sub);
  });

  it('are the new ones where she comes back while they are being refreshed', async () => {
    const { sub, id } = await someone();
    later();
    let visiting: Promise<unknown> | undefined;
    provider.openid.instead = (path, response) => {
      if (path !== '/token' || visiting !== undefined) return false;
      provider.openid.instead = undefined;
      visiting = visits.visit(sub).then(() => {
        json(response, { access_token: 'late', token_type: 'Bearer', expires_in: LIFE });
      });
      return true;
    };
    const token = await tokenOf(test, id);
    await visiting;
    expect(await provider.ownerOf(token)).toBe(sub);
    expect(await tokenOf(there, id)).toBe(token);
  });

  it('that are on their way to a node that stops are kept', async () => {
    const { id } = await someone();
    const third = await start();
    third.clock.forward((test.clock.millis() - third.clock.millis()) / 1000 + LIFE);
    const asked = new Promise<ServerResponse>((resolve) => {
      provider.openid.instead = (path, response) => {
        if (path === '/token') resolve(response);
        return path === '/token';
      };
    });
    const told = tokenOf(third, id);
    const response = await asked;
    const stopping = third.close();
    setTimeout(() => {
      json(response, { access_token: 'late', token_type: 'Bearer', expires_in: 3 * LIFE });
    }, 300);
    await stopping;
    expect(await told).toBe('late');
    expect(await tokenOf(test, id)).toBe('late');
  });

  it('are refreshed by another node when the one that began has died', async () => {
    const { sub, id } = await someone();
    later();
    await test.database.query(
      `UPDATE social_tokens SET refreshing_until = $2 WHERE social_account_id IN
         (SELECT id FROM social_accounts WHERE user_id = $1)`,
      [id, test.clock.in(15)],
    );
    const early = tokenOf(test, id).catch(codeOf);
    expect(await early).toBe('provider_unavailable');
    for (const node of [test, there]) node.clock.forward(15);
    expect(await provider.ownerOf(await tokenOf(there, id))).toBe(sub);
    expect(provider.refreshes).toEqual(['given']);
  });
});
