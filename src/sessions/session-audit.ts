import type { Happening } from '../audit/audit-event.js';
import type { Device } from './device.js';
import type { SessionEvent } from './session-endings.js';
import type { NewSession } from './session-row.js';
import type { Whose } from './sessions.service.js';

/** A sign-in, for the log book. */
export const signedIn = ({ row }: NewSession, { caller }: Device): Happening => ({
  action: 'sign_in',
  outcome: 'success',
  actorId: row.userId,
  subjectId: row.userId,
  caller,
  details: { sessionId: row.id, methods: row.methods.join(' '), transport: row.transport },
});

export const reauthenticated = ({ userId, sessionId, caller }: Required<Whose>): Happening => ({
  action: 'reauthentication',
  outcome: 'success',
  actorId: userId,
  subjectId: userId,
  caller,
  details: { sessionId },
});

const ACTIONS = {
  logout: 'sign_out',
  logout_everywhere: 'sign_out_everywhere',
  device_ended: 'session_ended',
  other_devices_ended: 'other_sessions_ended',
} as const;

/**
 * What is to be noted where an event did end sessions. Undefined: the change that ended them tells of
 * itself.
 */
export function sessionsEnded(
  event: SessionEvent,
  { userId, sessionId, caller }: Whose,
  ended: number,
): Happening | undefined {
  const details = { ended, ...(sessionId !== undefined && { sessionId }) };
  const about = { subjectId: userId, caller, details };
  if (event === 'refresh_token_reused') {
    return { ...about, action: 'refresh_token_reused', outcome: 'failure' };
  }
  if (!Object.hasOwn(ACTIONS, event)) return undefined;
  const action = ACTIONS[event as keyof typeof ACTIONS];
  return { ...about, action, outcome: 'success', actorId: userId };
}
