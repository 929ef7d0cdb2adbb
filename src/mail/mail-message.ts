/** A rendered mail to one person. */
export interface MailMessage {
  /** UUID of the queued mail; the same on every attempt. */
  readonly id: string;
  /** One bare address, never a list or a display name. */
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const ADDRESS = /^[^\s\p{Cc}<>,;]+@[^\s\p{Cc}<>,;@]+$/u;
/** One line, and nothing that could begin another header. */
export const HEADER = /^[^\p{Cc}\u2028\u2029]+$/u;

/** @throws if the address or the subject could be read as more than that one header (CWE-93). */
export function refuseUnsafe(message: Pick<MailMessage, 'to' | 'subject'>): void {
  if (!ADDRESS.test(message.to)) throw new Error('The recipient is not one bare e-mail address');
  if (!HEADER.test(message.subject)) throw new Error('The subject is not one line of text');
}
