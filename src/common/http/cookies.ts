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
  if (!cookie.includes(name)) return NONE;
  const start = `${name}=`;
  const values: string[] = [];
  for (let at = 0; at < cookie.length;) {
    const semicolon = cookie.indexOf(';', at);
    const end = semicolon < 0 ? cookie.length : semicolon;
    while (cookie[at] === ' ') at++;
    if (cookie.startsWith(start, at)) values.push(cookie.slice(at + start.length, end).trimEnd());
    at = end + 1;
  }
  return values;
}
