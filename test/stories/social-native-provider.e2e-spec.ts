import { createHash, randomBytes } from 'node:crypto';
import { Client } from '../support/client.js';
import { type OpenIdProvider, signInAt, startOpenIdProvider } from '../support/openid-provider.js';
import { SocialVisits } from '../support/social-visits.js';
import { startTestApp, type TestApp } from '../support/test-app.js';

const CALLBACK = 'com.example.app:/signed-in';

describe('An app that goes to a real provider by itself', () => {
  let provider: OpenIdProvider;
  let test: TestApp;

  beforeAll(async () => {
    provider = await startOpenIdProvider('acme', 'http://localhost:3000', {
      clients: [
        {
          client_id: 'gatehouse-ios',
          redirect_uris: [CALLBACK],
          application_type: 'native',
          token_endpoint_auth_method: 'none',
        },
      ],
    });
    const environment = { ...provider.environment, SOCIAL_ACME_NATIVE_CLIENT_IDS: 'gatehouse-ios' };
    test = await startTestApp({ environment });
  });
  afterAll(async () => {
    await test.close();
    await provider.close();
  });

  /** The code flow with PKCE (RFC 8252). */
  const idTokenOf = async (login: string, nonce: string): Promise<string> => {
    const verifier = randomBytes(32).toString('base64url');
    const common = { client_id: 'gatehouse-ios', redirect_uri: CALLBACK };
    const search = new URLSearchParams({
      ...common,
      response_type: 'code',
      scope: 'openid email profile',
      nonce,
      code_challenge: createHash('sha256').update(verifier).digest('base64url'),
      code_challenge_method: 'S256',
    });
    const back = await signInAt(`${provider.issuer}/auth?${search.toString()}`, login);
    const answer = await fetch(`${provider.issuer}/token`, {
      method: 'POST',
      body: new URLSearchParams({
        ...common,
        grant_type: 'authorization_code',
        code: back.searchParams.get('code') ?? '',
        code_verifier: verifier,
      }),
    });
    return ((await answer.json()) as { id_token: string }).id_token;
  };

  it('signs in with the ID token that it got, once', async () => {
    const { sub, email } = new SocialVisits(test, provider).someone();
    const nonce = randomBytes(16).toString('base64url');
    const shown = { idToken: await idTokenOf(sub, nonce), nonce };
    const show = () =>
      new Client(test).post<{ user: { email: string } }>('/v1/auth/social/acme/id-token', shown);
    expect((await show()).body.user).toMatchObject({ email, emailVerified: true });
    expect((await show()).status).toBe(400);
  });
});
