import { SocialSweepService } from '../../src/social/social-sweep.service.js';
import { SocialTokensService } from '../../src/social/tokens/social-tokens.service.js';
import { TokenRefreshes } from '../../src/social/tokens/token-refreshes.service.js';
import { type StartedProvider, startOpenIdProvider } from './openid-provider.js';
import type { TestApp } from './test-app.js';

/** Seconds for which the access tokens of the provider are good. */
export const LIFE = 600;

/** A provider that gives refresh tokens, each of them good for once, and counts them. */
export class GivingProvider {
  /** Of whom it was asked for new tokens, and how it answered. */
  readonly refreshes: ('given' | 'refused')[] = [];

  private constructor(readonly openid: StartedProvider) {
    const { within } = openid;
    within.on('grant.success', ({ oidc }) => {
      if (oidc.params?.['grant_type'] === 'refresh_token') this.refreshes.push('given');
    });
    within.on('grant.error', ({ oidc }) => {
      if (oidc.params?.['grant_type'] === 'refresh_token') this.refreshes.push('refused');
    });
  }

  static async start(publicUrl: string): Promise<GivingProvider> {
    const more = { rotateRefreshToken: true, features: { revocation: { enabled: true } } };
    return new GivingProvider(await startOpenIdProvider('acme', publicUrl, more));
  }

  /** With its tokens kept, and refresh tokens asked for. */
  get environment(): Readonly<Record<string, string>> {
    return {
      ...this.openid.environment,
      SOCIAL_ACME_STORE_TOKENS: 'on',
      SOCIAL_ACME_SCOPES: 'offline_access',
    };
  }

  /** Whom it knows by an access token; undefined: nobody. */
  async ownerOf(token: string | undefined): Promise<string | undefined> {
    const headers = { authorization: `Bearer ${token ?? ''}` };
    const answer = await fetch(`${this.openid.issuer}/me`, { headers });
    return answer.ok ? ((await answer.json()) as { sub: string }).sub : undefined;
  }

  /** As somebody does on the page of her account there. */
  async takeBack(token: string): Promise<void> {
    const found = await this.openid.within.AccessToken.find(token);
    const grant = await this.openid.within.Grant.find(found?.grantId ?? '');
    await grant?.destroy();
  }
}

/** What the application gets. */
export const tokenOf = async (test: TestApp, userId: string, provider = 'acme') =>
  (await test.app.get(SocialTokensService, { strict: false }).accessToken(userId, provider))?.token;

/** What this node asks for now is over, however it ends. */
export const settled = (test: TestApp): Promise<void> =>
  test.app.get(TokenRefreshes, { strict: false }).beforeApplicationShutdown();

export const sweep = (test: TestApp): Promise<number> =>
  test.app.get(SocialSweepService, { strict: false }).sweep();

/** How many people's tokens are kept. */
export async function keptTokens({ database }: TestApp, userId: string): Promise<number> {
  const [row] = await database.query<{ count: number }[]>(
    `SELECT count(*)::int AS count FROM social_tokens t
       JOIN social_accounts a ON a.id = t.social_account_id WHERE a.user_id = $1`,
    [userId],
  );
  return row?.count ?? 0;
}
