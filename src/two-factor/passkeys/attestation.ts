/** As much of a decoded attestation as tells whether there is one. */
interface AttestationObject {
  get(name: 'fmt'): string;
  get(name: 'attStmt'): { get(name: 'x5c'): unknown };
}

/**
 * Nobody is asked to attest of which make her authenticator is, and browsers leave it out; some authenticators sign for
 * themselves. A statement with certificates would have the server fetch whatever is named in them.
 */
export function attestsNothing(attestation: AttestationObject): boolean {
  const format = attestation.get('fmt');
  if (format === 'none') return true;
  return format === 'packed' && attestation.get('attStmt').get('x5c') === undefined;
}
