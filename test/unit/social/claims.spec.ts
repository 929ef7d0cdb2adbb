import { claimsOf, vouchedFor } from '../../../src/social/providers/claims.js';
import { ProviderRefused } from '../../../src/social/social.errors.js';

const good = { iss: 'https://id.example', sub: '248289761001' };

describe('What claims say', () => {
  it('of who somebody is', () => {
    const claims = {
      ...good,
      email: 'eve@example.com',
      email_verified: true,
      given_name: 'Eve',
      family_name: 'Moss',
      locale: 'de-AT',
      admin: true,
    };
    expect(claimsOf(claims)).toEqual({
      issuer: good.iss,
      subject: good.sub,
      email: 'eve@example.com',
      emailVerified: true,
      firstName: 'Eve',
      lastName: 'Moss',
      locale: 'de-AT',
    });
  });

  it.each([undefined, null, 7, '', 'a'.repeat(256), 'a\nb', 'a\u0000', 'é', ['a'], { a: 1 }])(
    'subject %j: nobody',
    (sub) => {
      expect(() => claimsOf({ ...good, sub })).toThrow(ProviderRefused);
    },
  );

  it('a subject of 255 characters is somebody', () => {
    const sub = 'a'.repeat(255);
    expect(claimsOf({ ...good, sub }).subject).toBe(sub);
  });

  it('no issuer: nobody', () => {
    expect(() => claimsOf({ sub: good.sub })).toThrow(ProviderRefused);
  });

  it.each([
    [true, true],
    ['true', true],
    [false, false],
    ['false', false],
    ['TRUE', false],
    [1, false],
    ['1', false],
    [['true'], false],
    [{}, false],
    [undefined, false],
  ])('email_verified %j: %s', (said, verified) => {
    const claims = { ...good, email: 'eve@example.com', email_verified: said };
    expect(claimsOf(claims).emailVerified).toBe(verified);
  });

  it.each([
    undefined,
    null,
    7,
    '',
    '  ',
    'a\r\nBcc: b',
    '\ud800',
    ['eve@example.com'],
    'not an address',
    'eve@',
    'eve@corp.example@evil.example',
    'eve\u202e@example.com',
    'e'.repeat(255),
  ])('address %j: none, and none is verified', (email) => {
    expect(claimsOf({ ...good, email, email_verified: true })).toEqual({
      issuer: good.iss,
      subject: good.sub,
      emailVerified: false,
    });
  });

  it.each([7, 'a'.repeat(151), 'a\u0007', 'a\u202eb', '', ['Eve']])(
    'a name %j is left out',
    (name) => {
      expect(claimsOf({ ...good, given_name: name, family_name: name })).not.toHaveProperty(
        'firstName',
      );
    },
  );
});

describe('Addresses that a provider hands out itself', () => {
  const said = (email: string) =>
    vouchedFor(claimsOf({ ...good, email, email_verified: false }), ['corp.example']).emailVerified;

  it('in other letters counts by its ASCII form', () => {
    const { email, emailVerified } = vouchedFor(
      claimsOf({ ...good, email: 'eve@bücher.example' }),
      ['xn--bcher-kva.example'],
    );
    expect({ email, emailVerified }).toEqual({ email: 'eve@bücher.example', emailVerified: true });
  });

  it.each(['eve@corp.example', 'eve@CORP.example'])('%s counts as verified', (email) => {
    expect(said(email)).toBe(true);
  });

  it.each([
    'eve@example.com',
    'eve@corp.example.evil.example',
    'eve@evilcorp.example',
    'eve@sub.corp.example',
    'eve@corp.example@evil.example',
  ])('%s does not', (email) => {
    expect(said(email)).toBe(false);
  });

  it('no address is none', () => {
    expect(vouchedFor(claimsOf(good), ['corp.example']).emailVerified).toBe(false);
  });
});
