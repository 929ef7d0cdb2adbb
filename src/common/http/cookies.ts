import type { IncomingHttpHeaders } from 'node:http';

export interface CookieOptions {
  /** Seconds; 0 takes the cookie away. */
  readonly maxAge: number;
  readonly path?: string;
  readonly secure: boolean;
  /** Whether scripts may read it. */
  readonly readable?: boolean;
}

/** RFC 6265bis, 4.1. The value is one of ours: letters, digits, underscores, dots and hyphens. */
export function setCookie(
  name: string,
  value: string,
  { maxAge, path = '/', secure, readable = false }: CookieOptions,
): string {
  const attributes = [`${name}=${value}`, `Path=${path}`, `Max-Age=${maxAge}`, 'SameSite=Lax'];
  if (!readable) attributes.push('HttpOnly');
  if (secure) attributes.push('Secure');
  return attributes.join('; ');
}

const NONE: readonly string[] = [];

/** Every value that the request shows under this name: more than one tells of a planted cookie. */
export function cookieValues(
  { cookie = '' }: IncomingHttpHeaders,
  name: string,
): readonly string[] {
  const start = `${name}=`;
  let at = cookie.indexOf(start);
  if (at < 0) return NONE;
  const values: string[] = [];
  for (; at >= 0; at = cookie.indexOf(start, at + 1)) {
    if (!beginsPair(cookie, at)) continue;
    const semicolon = cookie.indexOf(';', at);
    const end = semicolon < 0 ? cookie.length : semicolon;
    values.push(cookie.slice(at + start.length, end).trimEnd());
  }
  return values;
}

/** Whether nothing but spaces is between this place and the last pair: `session=` also ends `my-session=`. */
function beginsPair(cookie: string, at: number): boolean {
  let before = at - 1;
  while (cookie[before] === ' ') before--;
  return before < 0 || cookie[before] === ';';
}
