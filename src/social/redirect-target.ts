/** Where people may be sent back to. */
export interface AllowedTargets {
  /** Where paths lead to. */
  readonly publicUrl: string;
  /** Any page of these. */
  readonly origins: readonly string[];
  /** These alone, to the letter. */
  readonly exact: readonly string[];
}

const LONGEST = 2048;
/** Printable ASCII without what browsers read as a slash: the rest is dropped, or read in two ways. */
const PLAIN = /^[\x21-\x5b\x5d-\x7e]+$/;

/**
 * The whole address that this leads to; undefined: it may not be led to. Nothing is mended on the way: what two programs
 * might read in two ways is none (OWASP: unvalidated redirects; RFC 9700, 4.11).
 */
export function redirectTarget(text: string, allowed: AllowedTargets): string | undefined {
  if (text.length > LONGEST || !PLAIN.test(text)) return undefined;
  if (allowed.exact.includes(text)) return text;
  return text.startsWith('/') ? fromPath(text, allowed) : fromAddress(text, allowed);
}

function fromPath(path: string, { publicUrl }: AllowedTargets): string | undefined {
  const { origin } = new URL(publicUrl);
  if (path.startsWith('//') || !URL.canParse(path, origin)) return undefined;
  const target = new URL(path, origin);
  return target.origin === origin ? target.href : undefined;
}

function fromAddress(text: string, { publicUrl, origins }: AllowedTargets): string | undefined {
  if (!/^https?:\/\/[^/]/.test(text) || !URL.canParse(text)) return undefined;
  const { origin, username, password, href } = new URL(text);
  const isOurs = origin === new URL(publicUrl).origin || origins.includes(origin);
  return isOurs && username === '' && password === '' ? href : undefined;
}
