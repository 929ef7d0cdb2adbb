import { APPLE, askedOf, GOOGLE, knownBy } from '../../../src/social/providers/dialects.js';

describe('What a provider is asked for', () => {
  test.each<[string, string[] | undefined, object]>([
    ['https://id.example', undefined, { scope: 'openid email profile' }],
    ['https://id.example', ['openid', 'email', 'profile'], { scope: 'openid email profile' }],
    ['https://id.example', ['openid'], { scope: 'openid email' }],
    [APPLE, ['openid', 'email', 'name'], { scope: 'openid email', response_mode: 'form_post' }],
    ['https://appleid.apple.com.example', undefined, { scope: 'openid email profile' }],
  ])('%s, which offers %j: %j', (issuer, scopes, asked) => {
    const said = { issuer, ...(scopes && { scopes_supported: scopes }) };
    expect(askedOf(said, { storeTokens: false, scopes: [] })).toEqual(asked);
  });

  test.each<[string, boolean, string[], object]>([
    [
      'https://id.example',
      false,
      ['calendar', 'email'],
      { scope: 'openid email profile calendar' },
    ],
    ['https://id.example', true, [], { scope: 'openid email profile' }],
    [
      'https://id.example',
      true,
      ['offline_access'],
      { scope: 'openid email profile offline_access', prompt: 'consent' },
    ],
    [GOOGLE, false, [], { scope: 'openid email profile' }],
    [
      GOOGLE,
      true,
      ['https://www.googleapis.com/auth/calendar'],
      {
        scope: 'openid email profile https://www.googleapis.com/auth/calendar',
        access_type: 'offline',
        prompt: 'consent',
      },
    ],
  ])('%s, whose tokens are kept (%s), with %j beside: %j', (issuer, storeTokens, scopes, asked) => {
    expect(askedOf({ issuer }, { storeTokens, scopes })).toEqual(asked);
  });
});

describe('What this server is known by', () => {
  test.each<[string, string[] | undefined, string | undefined, string]>([
    ['goes in a header', undefined, 'secret', 'header'],
    [
      'goes in a header where either is taken',
      ['client_secret_post', 'client_secret_basic'],
      'secret',
      'header',
    ],
    ['goes in the body where nothing else is taken', ['client_secret_post'], 'secret', 'body'],
    ['goes in a header where a key is wanted', ['private_key_jwt'], 'secret', 'header'],
    ['is nothing, of a public client', ['client_secret_post'], undefined, 'nowhere'],
  ])('%s', (_, methods, secret, where) => {
    const headers = new Headers();
    const body = new URLSearchParams();
    const said = {
      issuer: APPLE,
      ...(methods && { token_endpoint_auth_methods_supported: methods }),
    };
    knownBy(secret)(said, { client_id: 'gatehouse' }, body, headers);
    expect({ header: headers.has('authorization'), body: body.get('client_secret') }).toEqual({
      header: where === 'header',
      body: where === 'body' ? 'secret' : null,
    });
  });
});
