import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';

/** From where a request came: what log book, limits and notices say of its sender. */
export interface Caller {
  /** Undefined if the proxy in front names no address. */
  readonly ip: string | undefined;
  readonly userAgent: string | undefined;
  readonly requestId: string;
}

const CONTROL = /\p{Cc}/gu;
/** Of a link-local address, `fe80::1%eth0`; PostgreSQL takes none. */
const ZONE = /%.*$/;
/** Characters of the user agent that are kept. */
const AGENT_LENGTH = 512;

export function callerOf({
  ip,
  headers,
  id,
}: Pick<FastifyRequest, 'ip' | 'headers' | 'id'>): Caller {
  const address = ip.replace(ZONE, '');
  return {
    ip: isIP(address) === 0 ? undefined : address,
    userAgent: headers['user-agent']?.replace(CONTROL, '').slice(0, AGENT_LENGTH),
    requestId: id,
  };
}
