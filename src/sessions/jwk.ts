import { createHash, createPublicKey, type KeyObject } from 'node:crypto';

/** A public P-256 key as JWKS shows it (RFC 7517, RFC 7518 6.2.1). */
export interface PublicJwk {
  readonly kty: 'EC';
  readonly crv: 'P-256';
  readonly x: string;
  readonly y: string;
  readonly kid: string;
  readonly alg: 'ES256';
  readonly use: 'sig';
}

export function publicJwk(key: KeyObject): PublicJwk {
  const { x = '', y = '' } = createPublicKey(key).export({ format: 'jwk' });
  return { kty: 'EC', crv: 'P-256', x, y, kid: thumbprint(x, y), alg: 'ES256', use: 'sig' };
}

/** RFC 7638: SHA-256 over the required members in lexicographic order. */
export function thumbprint(x: string, y: string): string {
  const json = JSON.stringify({ crv: 'P-256', kty: 'EC', x, y });
  return createHash('sha256').update(json).digest('base64url');
}
