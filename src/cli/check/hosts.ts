/** Whether a URL's host is this very machine. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[?::1\]?)$/i.test(hostname);
}

/** Names that nobody on the Internet can have: without a dot, or reserved (RFC 2606, RFC 6762, RFC 8375). */
export function isNowhere(hostname: string): boolean {
  const name = hostname.toLowerCase();
  if (isLoopback(name) || !name.includes('.')) return true;
  return /(^|\.)(test|example|invalid|local|home\.arpa|example\.(com|net|org))$/.test(name);
}

/** Of a host, a user's host or a bare one; empty if it cannot be read. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).hostname : '';
}
