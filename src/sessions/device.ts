import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import type { SessionTransport } from './session.entity.js';

export type RefreshTransport = 'body' | 'cookie';

/** How a sign-in is to be carried on. */
export interface Carriage {
  readonly transport?: SessionTransport;
  readonly refreshTransport?: RefreshTransport;
  readonly deviceName?: string;
}

/** From where somebody signs in. */
export interface Device {
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly name: string | null;
  readonly transport: SessionTransport;
  /** Where the refresh token of a `token` session travels. */
  readonly refreshTransport: RefreshTransport;
}

const CONTROL = /\p{Cc}/gu;
/** Of a link-local address, `fe80::1%eth0`; PostgreSQL takes none. */
const ZONE = /%.*$/;

export function deviceOf(
  request: Pick<FastifyRequest, 'ip' | 'headers'>,
  { transport = 'token', refreshTransport = 'body', deviceName }: Carriage,
): Device {
  const agent = request.headers['user-agent']?.replace(CONTROL, '').slice(0, 512);
  const ip = request.ip.replace(ZONE, '');
  return {
    ip: isIP(ip) === 0 ? null : ip,
    userAgent: agent ?? null,
    name: deviceName ?? null,
    transport,
    refreshTransport,
  };
}
