import type { Ends, SessionEvent } from '../sessions/session-endings.js';

/**
 * Event → in which devices it ends the trust: in the one on which the session was opened, in the others, in all. Whoever
 * signs out on a device alone goes on trusting it; a change of password, factors, address or state ends all trust in the
 * database (`users_end_half_proofs`).
 */
export const trustEndings: Readonly<Partial<Record<SessionEvent, Ends>>> = {
  logout_everywhere: 'all',
  device_ended: 'this',
  other_devices_ended: 'others',
  refresh_token_reused: 'all',
  ended_by_administrator: 'all',
  one_ended_by_administrator: 'this',
};
