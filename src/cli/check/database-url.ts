import { isLoopback } from './hosts.js';

export type Transport = 'local' | 'plain' | 'unverified' | 'verified';

const MODES: Readonly<Record<string, Transport>> = {
  'verify-full': 'verified',
  'verify-ca': 'verified',
  require: 'verified',
  prefer: 'verified',
  'no-verify': 'unverified',
  disable: 'plain',
};

/** Meanings that differ once pg is told to do as libpq does. */
const LIKE_LIBPQ: Readonly<Record<string, Transport>> = {
  require: 'unverified',
  prefer: 'unverified',
};

/** How the driver (pg-connection-string) will talk to the database of this URL. */
export function transportOf(databaseUrl: string): Transport {
  const { hostname, searchParams } = new URL(databaseUrl);
  const host = decodeURIComponent(searchParams.get('host') ?? hostname);
  const isHere = host === '' || host.startsWith('/') || isLoopback(host);
  return isHere ? 'local' : remoteTransport(searchParams);
}

function remoteTransport(told: URLSearchParams): Transport {
  const mode = told.get('sslmode') ?? '';
  const likeLibpq = told.get('uselibpqcompat') === 'true' ? LIKE_LIBPQ[mode] : undefined;
  const encrypted = ['true', '1'].includes(told.get('ssl') ?? '');
  return likeLibpq ?? MODES[mode] ?? (encrypted ? 'verified' : 'plain');
}
