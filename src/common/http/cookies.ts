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

/** Every value that the request shows under this name: more than one tells of a planted cookie. */
export function cookieValues({ cookie }: IncomingHttpHeaders, name: string): string[] {
  if (cookie?.includes(name) !== true) return [];
  const start = `${name}=`;
  return cookie
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(start))
    .map((pair) => pair.slice(start.length));
}
