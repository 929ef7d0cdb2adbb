import { isIP } from 'node:net';
import type { FastifyRequest } from 'fastify';
import { acceptedLanguages } from './accept-language.js';

/** From where a request came: what log book, limits and notices say of its sender. */
export interface Caller {
  /** Undefined if the proxy in front names no address. */
  readonly ip: string | undefined;
  readonly userAgent: string | undefined;
  readonly requestId: string;
  /** The API key that it was made with; absent: none. */
  readonly apiKeyId?: string;
  /** In which it would like to be spoken to, best first. For mail to an address without an account. */
  readonly languages: readonly string[];
}

const CONTROL = /\p{Cc}/gu;
/** Of a link-local address, `fe80::1%eth0`; PostgreSQL takes none. */
const ZONE = /%.*$/;
/** Characters of the user agent that are kept. */
const AGENT_LENGTH = 512;

/** A request, as much as is told of its sender; once it has passed the door, with who it is. */
type Sent = Pick<FastifyRequest, 'ip' | 'headers' | 'id'> & {
  readonly principal?: { readonly apiKeyId?: string };
};

export function callerOf({ ip, headers, id, principal }: Sent): Caller {
  return {
    ip: addressOf(ip),
    userAgent: headers['user-agent']?.replace(CONTROL, '').slice(0, AGENT_LENGTH),
    requestId: id,
    ...(principal?.apiKeyId !== undefined && { apiKeyId: principal.apiKeyId }),
    languages: acceptedLanguages(headers['accept-language']),
  };
}

/** Undefined: the proxy in front names none that is one. */
export function addressOf(ip: string): string | undefined {
  const address = ip.replace(ZONE, '');
  return isIP(address) === 0 ? undefined : address;
}
