/** Why a ceremony is not taken: a word for the log book. */
export type RefusalReason =
  | 'malformed'
  | 'challenge'
  | 'type'
  | 'origin'
  | 'embedded'
  | 'unknown_passkey'
  | 'not_the_owner'
  | 'user_handle'
  | 'not_verified'
  | 'signature'
  | 'backup_eligibility'
  | 'counter';

/** Within this room: what was shown is wrong. Nobody outside is told more than that. */
export class PasskeyRefused extends Error {
  constructor(
    readonly reason: RefusalReason,
    /** Whose passkey it names, where that is known. */
    readonly userId?: string,
  ) {
    super(`A passkey was refused: ${reason}`);
  }
}
