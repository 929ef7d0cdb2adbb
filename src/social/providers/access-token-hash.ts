import { createHash } from 'node:crypto';
import { decodeJwt, decodeProtectedHeader } from 'jose';

interface Tokens {
  readonly access_token: string;
  readonly id_token?: string;
}

/**
 * Where the ID token says for which access token it was made, it is this one (OpenID Connect Core, 3.1.3.8): the left half
 * of its hash, by the hash of the signature.
 */
export function isOfAccessToken({ access_token: accessToken, id_token: idToken = '' }: Tokens) {
  const { at_hash: said } = decodeJwt(idToken);
  if (said === undefined) return true;
  const { alg = '' } = decodeProtectedHeader(idToken);
  const bits = /(256|384|512)$/.exec(alg)?.[1] ?? '512'; // Ed25519 has SHA-512 within
  const hash = createHash(`sha${bits}`).update(accessToken).digest();
  return said === hash.subarray(0, hash.length / 2).toString('base64url');
}
