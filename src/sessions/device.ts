import type { FastifyRequest } from 'fastify';
import { type Caller, callerOf } from '../common/http/caller.js';
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
  readonly caller?: Caller;
  readonly ip: string | null;
  readonly userAgent: string | null;
  readonly name: string | null;
  readonly transport: SessionTransport;
  /** Where the refresh token of a `token` session travels. */
  readonly refreshTransport: RefreshTransport;
}

export function deviceOf(
  request: Pick<FastifyRequest, 'ip' | 'headers' | 'id'>,
  { transport = 'token', refreshTransport = 'body', deviceName }: Carriage,
): Device {
  const caller = callerOf(request);
  const { ip = null, userAgent = null } = caller;
  return {
    caller,
    ip,
    userAgent,
    name: deviceName ?? null,
    transport,
    refreshTransport,
  };
}
