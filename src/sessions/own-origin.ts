import type { IncomingHttpHeaders } from 'node:http';

/** The two names that a browser on this machine may have for the same server. */
const LOOPBACK = ['localhost', '127.0.0.1'];

/** The origins whose pages may send a browser's cookies: this server's own and those of `CORS_ORIGINS`. */
export function allowedOrigins(
  publicUrl: string,
  corsOrigins: readonly string[],
): ReadonlySet<string> {
  const { origin, hostname } = new URL(publicUrl);
  const names = LOOPBACK.includes(hostname) ? LOOPBACK : [hostname];
  const own = names.map((name) => origin.replace(hostname, name));
  return new Set([...own, ...corsOrigins]);
}

/**
 * Whether a page that is none of ours made the browser send this request, as far as the browser tells
 * (`Origin`: RFC 6454; `Sec-Fetch-Site`: Fetch Metadata). What is there must be right, each by itself: `null`
 * and the unknown are foreign. Not there: no browser, or an old one, and the CSRF token decides.
 */
export function isForeign(headers: IncomingHttpHeaders, allowed: ReadonlySet<string>): boolean {
  const { origin } = headers;
  if (origin !== undefined && !allowed.has(origin)) return true;
  switch (headers['sec-fetch-site']) {
    case undefined:
    case 'same-origin':
    case 'none':
      return false;
    default:
      return origin === undefined;
  }
}
