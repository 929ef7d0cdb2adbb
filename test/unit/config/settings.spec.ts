import { parseEnv } from 'node:util';
import fc from 'fast-check';
import { renderEnvExample } from '../../../src/config/env-example.js';
import { KeyRing } from '../../../src/config/key-ring.js';
import { settingDefinitions } from '../../../src/config/settings.definitions.js';
import { type InvalidSettings, readSettings } from '../../../src/config/settings.js';

const complaints = (environment: Record<string, string>): readonly string[] => {
  try {
    readSettings(environment);
    return [];
  } catch (error) {
    return (error as InvalidSettings).complaints;
  }
};

describe('The settings', () => {
  it('all have a default', () => {
    expect(readSettings({})).toMatchObject({ port: 3000, publicUrl: 'http://127.0.0.1:3000' });
  });

  it.each(['Production', 'prod', 'staging'])('do not guess what NODE_ENV=%s means', (stage) => {
    expect(complaints({ NODE_ENV: stage })).toEqual([expect.stringContaining('NODE_ENV')]);
  });

  it('are as strict for production with a space behind it', () => {
    expect(complaints({ NODE_ENV: 'production ' })).not.toEqual([]);
  });

  it.each([
    ['PORT', '-1'],
    ['PORT', '3e3'],
    ['TRUST_PROXY', 'true'],
    ['CORS_ORIGINS', '*'],
    ['CORS_ORIGINS', 'https://app.example.com/'],
    ['PUBLIC_URL', 'https://user:hunter2@example.com'],
    ['DATABASE_URL', 'mysql://localhost/x'],
    ['VERIFY_URL', 'https://app.example.com/verify'],
    ['RESET_URL', 'https://app.example.com/reset'],
    ['RESET_URL', 'javascript:alert({token})'],
    ['RESET_URL', '/reset#token={token}'],
    ['PASSWORD_RESET_TTL', '59'],
    // E19
    ['SECRET_KEYS', 'c2hvcnQ='],
    ['SECRET_KEYS', Buffer.alloc(32).toString('base64')],
  ])('refuse %s=%s, without quoting it', (name, value) => {
    expect(complaints({ [name]: value })).toEqual([expect.stringMatching(`^${name} must be `)]);
    expect(complaints({ [name]: value }).join()).not.toContain('hunter2');
  });

  it.each(['http://id.example.com', 'http://10.0.0.1', 'http://localhost.example.com', 'id'])(
    'refuse the provider %s, which anybody between could speak for',
    (issuer) => {
      const given = { SOCIAL_ACME_CLIENT_ID: 'gatehouse', SOCIAL_ACME_ISSUER: issuer };
      expect(complaints(given)).toEqual([expect.stringMatching(/^SOCIAL_ACME_ISSUER must be /)]);
    },
  );

  it.each<[string, Record<string, string>]>([
    ['SOCIAL_GOOGLE_CLIENT_SECRET', { SOCIAL_GOOGLE_CLIENT_ID: 'x' }],
    ['SOCIAL_GITHUB_CLIENT_SECRET', { SOCIAL_GITHUB_CLIENT_ID: 'x' }],
    ['SOCIAL_GOOGLE_CLIENT_ID', { SOCIAL_GOOGLE_CLIENT_SECRET: 'x' }],
    ['SOCIAL_ACME_ISSUER', { SOCIAL_ACME_CLIENT_ID: 'x' }],
    ['SOCIAL_ACME_CLIENT_ID', { SOCIAL_ACME_ISSUER: 'https://id.example.com' }],
    ['SOCIAL_ACME_CLIENT_ID', { SOCIAL_ACME_VERIFIED_DOMAINS: 'example.com' }],
  ])('refuse a provider that is there by halves: no %s', (name, given) => {
    expect(complaints(given)).toEqual([expect.stringMatching(`^${name} must be set`)]);
  });

  it.each([
    ['STORE_TOKENS', 'yes'],
    ['SCOPES', 'offline_access "everything"'],
    ['SCOPES', 'x'.repeat(256)],
  ])('refuse SOCIAL_ACME_%s=%s', (part, value) => {
    const acme = { SOCIAL_ACME_CLIENT_ID: 'x', SOCIAL_ACME_ISSUER: 'https://id.example.com' };
    const given = { ...acme, [`SOCIAL_ACME_${part}`]: value };
    expect(complaints(given)).toEqual([expect.stringMatching(`^SOCIAL_ACME_${part} must be `)]);
  });

  it.each([
    [{}, { storeTokens: false, scopes: [] }],
    [{ SOCIAL_ACME_STORE_TOKENS: 'off' }, { storeTokens: false, scopes: [] }],
    [
      { SOCIAL_ACME_STORE_TOKENS: 'on', SOCIAL_ACME_SCOPES: ' a,b  c ' },
      { storeTokens: true, scopes: ['a', 'b', 'c'] },
    ],
  ])('of what a provider gives, %j, read %j', (given, expected) => {
    const acme = { SOCIAL_ACME_CLIENT_ID: 'x', SOCIAL_ACME_ISSUER: 'https://id.example.com' };
    expect(readSettings({ ...acme, ...given }).social.providers).toMatchObject([expected]);
  });

  it('refuse another issuer that calls itself Google', () => {
    const id = { SOCIAL_GOOGLE_CLIENT_ID: 'x', SOCIAL_GOOGLE_CLIENT_SECRET: 'x' };
    const given = { ...id, SOCIAL_GOOGLE_ISSUER: 'https://id.example.com' };
    expect(complaints(given)).toEqual([expect.stringMatching(/^SOCIAL_GOOGLE_ISSUER /)]);
  });

  it.each([
    'https://id.example.com/a',
    'http://localhost:8080',
    'http://127.0.0.1',
    'http://[::1]:1',
  ])('take the provider %s', (issuer) => {
    const given = { SOCIAL_ACME_CLIENT_ID: 'gatehouse', SOCIAL_ACME_ISSUER: issuer };
    expect(complaints(given)).toEqual([]);
  });

  it('are read from .env as .env.example writes them', () => {
    const uncommented = renderEnvExample().replace(/^# (?=[A-Z_]+=)/gm, '');
    const read = parseEnv(uncommented) as Record<string, string>;
    for (const [name, definition] of Object.entries(settingDefinitions)) {
      const shown = 'fallback' in definition ? String(definition.fallback) : definition.example;
      expect([name, read[name]]).toEqual([name, shown]);
    }
  });
});

describe('The key ring', () => {
  const [old, fresh] = [Buffer.alloc(32, 'old key'), Buffer.alloc(32, 'new key')];
  const secret = Buffer.from('a secret');

  it('opens what it sealed, for the same purpose and row only', () => {
    const ring = new KeyRing([fresh]);
    const sealed = ring.seal('mail', 'row 1', secret);
    expect(ring.open('mail', 'row 1', sealed)).toEqual(secret);
    expect(() => ring.open('mail', 'row 2', sealed)).toThrow();
    expect(() => ring.open('totp', 'row 1', sealed)).toThrow();
  });

  it('opens with every key of the ring, and seals with the first', () => {
    const sealed = new KeyRing([old]).seal('mail', 'row', secret);
    expect(new KeyRing([fresh, old]).open('mail', 'row', sealed)).toEqual(secret);
    const anew = new KeyRing([fresh, old]).seal('mail', 'row', secret);
    expect(() => new KeyRing([old]).open('mail', 'row', anew)).toThrow('SECRET_KEYS');
  });

  it('notices any change of any byte', () => {
    const ring = new KeyRing([fresh]);
    const sealed = ring.seal('mail', 'row', secret);
    fc.assert(
      fc.property(fc.nat(sealed.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
        const forged = Buffer.from(sealed);
        forged.writeUInt8(forged.readUInt8(at) ^ flip, at);
        expect(() => ring.open('mail', 'row', forged)).toThrow();
      }),
    );
  });
});
