import { OidcProvider } from '../../../src/social/providers/oidc.provider.js';
import { ProviderUnavailable } from '../../../src/social/social.errors.js';

const issuer = 'https://id.example';
const settings = {
  id: 'acme',
  name: 'Acme',
  clientId: 'c',
  clientSecret: 's',
  issuer,
  nativeClientIds: [],
  verifiedDomains: [],
  storeTokens: false,
  scopes: [],
};
const TIES = { state: 's', nonce: 'n', codeVerifier: 'v', callbackUrl: 'https://app.example/back' };
const TRUTH = {
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/jwks`,
};

const begin = async (lie: object) => {
  const asked: string[] = [];
  const provider = new OidcProvider(settings, (url) => {
    asked.push(url);
    return Promise.resolve(Response.json({ ...TRUTH, ...lie }));
  });
  const url = await provider.authorizationUrl(TIES).catch((error: unknown) => error);
  return { url, asked };
};

describe('What a provider with TLS says of itself', () => {
  it('is asked for once, where it is by its issuer', async () => {
    const { url, asked } = await begin({});
    expect(url).toMatch(/^https:\/\/id\.example\/authorize\?/);
    expect(asked).toEqual([`${issuer}/.well-known/openid-configuration`]);
  });

  it.each([
    ['its keys come without TLS', { jwks_uri: 'http://id.example/jwks' }],
    ['its keys are at the metadata service', { jwks_uri: 'http://169.254.169.254/latest' }],
    ['people sign in without TLS', { authorization_endpoint: 'http://id.example/authorize' }],
    ['people sign in by a script', { authorization_endpoint: 'javascript:alert(1)' }],
    ['it is another', { issuer: 'https://evil.example' }],
    ['it is itself without TLS', { issuer: 'http://id.example' }],
  ])('is not believed where %s, and nothing else is asked', async (_, lie) => {
    const { url, asked } = await begin(lie);
    expect(url).toBeInstanceOf(ProviderUnavailable);
    expect(asked).toHaveLength(1);
  });
});
