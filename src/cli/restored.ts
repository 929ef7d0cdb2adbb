import type { EntityManager } from 'typeorm';

/** What a backup brings back to life as a whole: it is over for whoever had it, or may be. */
const BROUGHT_BACK = [
  'sessions',
  'one_time_tokens',
  'login_challenges',
  'passkey_challenges',
  'totp_enrollments',
  'social_flows',
  'social_codes',
  'two_factor_resets', // somebody may have stopped it meanwhile
  'mail_queue', // handed over long since, and their links are void
] as const;

/** Rows a statement: none takes longer than a statement may. */
const BATCH = 10_000;

interface Change {
  readonly table: string;
  readonly set: string;
  readonly where: string;
}

const TRUST: Change = {
  table: 'known_devices',
  set: 'trusted_at = NULL, trusted_until = NULL',
  where: 'trusted_at IS NOT NULL',
};
const API_KEYS: Change = {
  table: 'api_keys',
  set: 'revoked_at = $2, next_warning_at = NULL',
  where: 'revoked_at IS NULL AND expires_at > $2',
};
const RECOVERY_CODES: Change = {
  table: 'recovery_codes',
  set: 'used_at = $2',
  where: 'used_at IS NULL',
};

/** What is ended besides, if it is wished: nobody can know which of them were good at the end of the lost time. */
export interface Wishes {
  readonly apiKeys: boolean;
  readonly recoveryCodes: boolean;
}

export interface Ended {
  readonly sessions: number;
  readonly links: number;
  readonly trustedDevices: number;
  readonly apiKeys: number;
  readonly recoveryCodes: number;
}

/** Ends what was ended after the backup, by ending everything of its kind. Other nodes hear it from the database. */
export async function endWhatCameBack(
  manager: EntityManager,
  now: Date,
  { apiKeys, recoveryCodes }: Wishes,
): Promise<Ended> {
  await manager.query(`LOCK TABLE ${BROUGHT_BACK.join(', ')} IN ACCESS EXCLUSIVE MODE`);
  const sessions = await count(manager, 'sessions');
  const links = await count(manager, 'one_time_tokens');
  await manager.query(`TRUNCATE ${BROUGHT_BACK.join(', ')}`);
  return {
    sessions,
    links,
    trustedDevices: await change(manager, TRUST, now),
    apiKeys: apiKeys ? await change(manager, API_KEYS, now) : 0,
    recoveryCodes: recoveryCodes ? await change(manager, RECOVERY_CODES, now) : 0,
  };
}

async function count(manager: EntityManager, table: string): Promise<number> {
  const sql = `SELECT count(*)::int AS n FROM ${table}`;
  return (await manager.query<{ n: number }[]>(sql))[0]?.n ?? 0;
}

/** Along the primary key, a batch after the other. Returns how many were changed. */
async function change(manager: EntityManager, given: Change, now: Date): Promise<number> {
  const { table, set, where } = given;
  let changed = 0;
  for (let after: string | null = '00000000-0000-0000-0000-000000000000'; after !== null;) {
    const rows: { last: string | null; n: number }[] = await manager.query(
      `WITH batch AS (SELECT id FROM ${table} WHERE id > $1 ORDER BY id LIMIT ${String(BATCH)}),
            changed AS (UPDATE ${table} SET ${set}
                         WHERE id IN (SELECT id FROM batch) AND ${where} AND $2::timestamptz IS NOT NULL RETURNING 1)
       SELECT (SELECT id FROM batch ORDER BY id DESC LIMIT 1) AS last,
              (SELECT count(*)::int FROM changed) AS n`,
      [after, now],
    );
    after = rows[0]?.last ?? null;
    changed += rows[0]?.n ?? 0;
  }
  return changed;
}
