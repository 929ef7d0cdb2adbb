import { OidcProvider } from '../../../src/social/providers/oidc.provider.js';

const TENANT = 'https://login.microsoftonline.com/0c2f1a1e-7d52-4c4b-8b3f-2a1d5c8e9a1e/v2.0';
const TIES = { state: 's', nonce: 'n', codeVerifier: 'v'.repeat(43), callbackUrl: 'https://a.b/c' };

/** A provider that is configured by one issuer, and says another of itself. */
const saying = (configured: string, said: string) =>
  new OidcProvider(
    {
      id: 'acme',
      name: 'Acme',
      clientId: 'gatehouse',
      clientSecret: undefined,
      issuer: configured,
      nativeClientIds: [],
      verifiedDomains: ['example.com'],
      storeTokens: false,
      scopes: [],
    },
    () =>
      Promise.resolve(
        Response.json({
          issuer: said,
          authorization_endpoint: 'https://id.example/authorize',
          token_endpoint: 'https://id.example/token',
          jwks_uri: 'https://id.example/keys',
        }),
      ),
  ).authorizationUrl(TIES);

describe('An issuer', () => {
  test.each([
    [TENANT, TENANT],
    ['https://id.example', 'https://id.example'],
    ['https://id.example/', 'https://id.example'],
  ])('%s may be %s', async (configured, said) => {
    expect(await saying(configured, said)).toMatch(/^https:\/\/id\.example\/authorize\?/);
  });

  test.each([
    ['https://login.microsoftonline.com/common/v2.0', TENANT.replace(/\w+-[\w-]+/, '{tenantid}')],
    ['https://login.microsoftonline.com/contoso.example/v2.0', TENANT],
    ['https://acme.b2clogin.com/acme/v2.0', 'https://acme.b2clogin.com/other/v2.0'],
    ['https://id.example', 'https://other.example'],
  ])('%s is not %s', async (configured, said) => {
    await expect(saying(configured, said)).rejects.toMatchObject({
      spec: { code: 'provider_unavailable' },
    });
  });
});
