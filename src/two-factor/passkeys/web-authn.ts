import type * as library from '@simplewebauthn/server';
import type * as helpers from '@simplewebauthn/server/helpers';

type Library = typeof library & Pick<typeof helpers, 'decodeAttestationObject'>;

let loaded: Promise<Library> | undefined;

/** The library, from the first passkey on: it takes a fifth of a second to load, which no start is to wait for. */
export const webAuthn = (): Promise<Library> => (loaded ??= load());

async function load(): Promise<Library> {
  const [all, { decodeAttestationObject }] = await Promise.all([
    import('@simplewebauthn/server'),
    import('@simplewebauthn/server/helpers'),
  ]);
  return { ...all, decodeAttestationObject };
}
