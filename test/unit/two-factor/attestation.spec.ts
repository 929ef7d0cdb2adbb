import { attestsNothing } from '../../../src/two-factor/passkeys/attestation.js';

const attestation = (fmt: string, statement: Readonly<Record<string, unknown>> = {}) =>
  new Map<string, unknown>([
    ['fmt', fmt],
    ['attStmt', new Map(Object.entries(statement))],
  ]) as unknown as Parameters<typeof attestsNothing>[0];

describe('What an authenticator attests', () => {
  it('is nothing where it says none, or signs for itself', () => {
    expect(attestsNothing(attestation('none'))).toBe(true);
    expect(attestsNothing(attestation('packed', { alg: -7, sig: 'x' }))).toBe(true);
  });

  it('is something where there are certificates, which nobody follows', () => {
    const certificates = [[], ['x'], null, 0, ''];
    for (const x5c of certificates) {
      expect(attestsNothing(attestation('packed', { x5c }))).toBe(false);
    }
  });

  it.each(['tpm', 'apple', 'android-key', 'android-safetynet', 'fido-u2f', 'nonsense', ''])(
    'is something in the format %p',
    (format) => {
      expect(attestsNothing(attestation(format))).toBe(false);
    },
  );
});
