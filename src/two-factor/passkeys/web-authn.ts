import type * as library from '@simplewebauthn/server';
import type * as helpers from '@simplewebauthn/server/helpers';

export type WebAuthn = typeof library & Pick<typeof helpers, 'decodeAttestationObject'>;

let loaded: Promise<WebAuthn> | undefined;

/** The library, from the first passkey on: it takes a fifth of a second to load, which no start is to wait for. */
export const webAuthn = (): Promise<WebAuthn> => (loaded ??= load());

async function load(): Promise<WebAuthn> {
  const [all, { decodeAttestationObject }] = await Promise.all([
    import('@simplewebauthn/server'),
    import('@simplewebauthn/server/helpers'),
  ]);
  return { ...all, decodeAttestationObject };
}
