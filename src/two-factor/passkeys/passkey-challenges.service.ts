import { createHash, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';
import { Clock } from '../../common/clock.js';
import { type CeremonyPurpose, PasskeyChallenge } from './passkey-challenge.entity.js';

/** Seconds that there are for a ceremony. */
export const CEREMONY_TTL = 300;
const CHALLENGE_BYTES = 32;
/** Of one session or login, and of one user over all of hers; past it the oldest are over. */
const MOST_WITHIN = 5;
const MOST = 250;

/** What a challenge is for. */
export interface Ceremony {
  readonly purpose: CeremonyPurpose;
  /** Undefined: whoever answers says who she is. */
  readonly userId?: string;
  /** The session or the login challenge that asks, and alone may answer. */
  readonly within?: string;
  /** Of a registration: the handle that is offered. */
  readonly userHandle?: Buffer;
}

/** What authenticators are asked to sign. The only place that queries `passkey_challenges`. */
@Injectable()
export class PasskeyChallenges {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  async issue({ purpose, userId, within, userHandle }: Ceremony): Promise<Buffer> {
    const challenge = randomBytes(CHALLENGE_BYTES);
    await this.dataSource.manager.insert(PasskeyChallenge, {
      id: uuidv7(),
      challengeHash: hashOf(challenge),
      purpose,
      userId: userId ?? null,
      boundTo: within ?? null,
      userHandle: userHandle ?? null,
      expiresAt: this.clock.in(CEREMONY_TTL),
    });
    if (userId !== undefined) await this.bound(userId, within);
    return challenge;
  }

  /**
   * What this challenge was made for; undefined: it is none of ours, over, or somebody was first. It is over with this
   * call, whatever comes of it: an authenticator's answer is looked at once.
   */
  async spend(challenge: string): Promise<Ceremony | undefined> {
    const rows = await this.dataSource.query<Row[]>(
      // Index: passkey_challenges_challenge_hash_key
      `WITH spent AS (DELETE FROM passkey_challenges WHERE challenge_hash = $1 RETURNING *)
       SELECT purpose, user_id, bound_to, user_handle FROM spent WHERE expires_at > $2`,
      [hashOf(Buffer.from(challenge, 'base64url')), this.clock.now()],
    );
    const [row] = rows;
    return row && ceremonyOf(row);
  }

  /** Whoever asks again and again pushes out her own, not those of another sign-in to the same account. */
  private async bound(userId: string, within: string | undefined): Promise<void> {
    // Index: passkey_challenges_user_id_idx
    await this.dataSource.query(
      `DELETE FROM passkey_challenges WHERE id IN (
         (SELECT id FROM passkey_challenges WHERE user_id = $1 AND bound_to = $2
           ORDER BY id DESC OFFSET $3)
         UNION ALL
         (SELECT id FROM passkey_challenges WHERE user_id = $1 ORDER BY id DESC OFFSET $4))`,
      [userId, within, MOST_WITHIN, MOST],
    );
  }
}

interface Row {
  readonly purpose: CeremonyPurpose;
  readonly user_id: string | null;
  readonly bound_to: string | null;
  readonly user_handle: Buffer | null;
}

const ceremonyOf = ({ purpose, user_id, bound_to, user_handle }: Row): Ceremony => ({
  purpose,
  ...(user_id !== null && { userId: user_id }),
  ...(bound_to !== null && { within: bound_to }),
  ...(user_handle !== null && { userHandle: user_handle }),
});

const hashOf = (challenge: Buffer): Buffer => createHash('sha256').update(challenge).digest();
