import { PreparedStatement } from '../database/prepared.js';

/** Who shows a refresh token, and what is to follow it. */
export interface Rotating {
  /** Of the session. */
  readonly id: string;
  /** Hashes: of what is shown, and of what follows it under that salt. */
  readonly used: Buffer;
  readonly next: Buffer;
  readonly salt: Buffer;
  /** A session last used before this is over; null: none is for that. */
  readonly idleSince: Date | null;
}

export interface RotatedRow {
  readonly id: string;
  readonly user_id: string;
  readonly methods: string[];
  readonly authenticated_at: Date;
  readonly two_factor_at: Date | null;
  readonly enroll_by: Date | null;
  readonly expires_at: Date;
  readonly refresh_salt: Buffer;
}

/**
 * Decides on one row which of all that come at once is first: it sets the successor; whoever shows the same token
 * within the grace finds that successor, and everyone else finds nothing.
 */
// Indexes: sessions_pkey, users_pkey
const statement = (name: string, free: { rows: string; only: string }) =>
  new PreparedStatement<RotatedRow>(
    name,
    `WITH asked AS (
       SELECT * FROM unnest($1::uuid[], $2::bytea[], $3::bytea[], $4::bytea[], $5::timestamptz[])
         AS a (id, used, next, salt, idle_since))
     ${free.rows}
     UPDATE sessions s SET
       refresh_hash = CASE WHEN s.refresh_hash = a.used THEN a.next ELSE s.refresh_hash END,
       refresh_previous_hash = a.used,
       refresh_salt = CASE WHEN s.refresh_hash = a.used THEN a.salt ELSE s.refresh_salt END,
       refreshed_at = CASE WHEN s.refresh_hash = a.used THEN $6::timestamptz ELSE s.refreshed_at END,
       last_seen_at = GREATEST(s.last_seen_at, $6::timestamptz)
     FROM asked a, users u
     WHERE s.id = a.id ${free.only} AND u.id = s.user_id AND u.is_active AND s.expires_at > $6::timestamptz
       AND (a.idle_since IS NULL OR s.last_seen_at >= a.idle_since)
       AND (s.refresh_hash = a.used OR (s.refresh_previous_hash = a.used AND s.refreshed_at > $7::timestamptz))
     RETURNING s.id, s.user_id, s.methods, s.authenticated_at, s.two_factor_at, s.enroll_by, s.expires_at, s.refresh_salt`,
  );

/** Waits for whoever has the row locked. */
export const rotateOne = statement('sessions.refresh', { rows: '', only: '' });

/** Of several sessions, those whose row nobody has locked: they wait for nobody, neither for each other's sake. */
export const rotateFree = statement('sessions.refresh_free', {
  rows: `, free AS (
       SELECT id FROM sessions WHERE id = ANY ($1::uuid[]) FOR NO KEY UPDATE SKIP LOCKED)`,
  only: 'AND s.id IN (SELECT id FROM free)',
});

/** `now`, and since when a token that was used may be shown again. */
export const valuesOf = (asks: readonly Rotating[], now: Date, graceSince: Date): unknown[] => [
  asks.map(({ id }) => id),
  asks.map(({ used }) => used),
  asks.map(({ next }) => next),
  asks.map(({ salt }) => salt),
  asks.map(({ idleSince }) => idleSince),
  now,
  graceSince,
];
