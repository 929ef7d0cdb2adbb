import { setTimeout as pause } from 'node:timers/promises';
import type { SocialProvider } from '../../../src/social/providers/social-provider.js';
import { ProviderUnavailable } from '../../../src/social/social.errors.js';
import { TokenRefreshes } from '../../../src/social/tokens/token-refreshes.service.js';
import type { TokenStore } from '../../../src/social/tokens/token-store.service.js';

/** As long as finding the provider and asking it may take together. */
const SLOW = 6000;

describe('New tokens that come later than anybody waits', () => {
  it('are stored, and those who come meanwhile wait for the same', async () => {
    const stored: unknown[] = [];
    let asked = 0;
    const kept = { id: 'a', token: 'new', isFresh: true, isRefreshable: true };
    const store = {
      claim: () => Promise.resolve({ id: 'a', until: new Date(), refreshToken: 'r', subject: 's' }),
      replace: (_: unknown, tokens: unknown) => Promise.resolve(stored.push(tokens) > 0),
      read: () => Promise.resolve(kept),
    };
    const provider = {
      id: 'acme',
      refresh: () => {
        asked++;
        return pause(SLOW, { accessToken: 'new', refreshToken: 'r2' });
      },
    };
    const refreshes = new TokenRefreshes(store as unknown as TokenStore);
    const ask = () => refreshes.fresh(provider as unknown as SocialProvider, 'a');

    const begun = performance.now();
    await expect(ask()).rejects.toBeInstanceOf(ProviderUnavailable);
    expect(performance.now() - begun).toBeLessThan(5500);
    expect(stored).toEqual([]);
    expect(await ask()).toBe(kept);
    expect(stored).toEqual([{ accessToken: 'new', refreshToken: 'r2' }]);
    expect(asked).toBe(1);
  });
});
