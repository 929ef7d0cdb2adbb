import type pg from 'pg';
import { type Finding, finding } from './finding.js';

/** How many are named. */
const NAMED = 10;

/** Staff and superusers whom nothing but a password keeps out of an administrator's account. */
export async function peopleFindings(client: pg.Client): Promise<Finding[]> {
  // Indexes: users_staff, users_superusers, totp_factors_pkey, passkeys_user_id_idx
  const { rows } = await client.query<{ email: string; count: number }>(
    `SELECT email, count(*) OVER ()::int AS count FROM users u
      WHERE is_active AND (is_staff OR is_superuser)
        AND NOT EXISTS (SELECT 1 FROM totp_factors f WHERE f.user_id = u.id)
        AND NOT EXISTS (SELECT 1 FROM passkeys p WHERE p.user_id = u.id)
      ORDER BY email_canonical LIMIT $1`,
    [NAMED],
  );
  const count = rows[0]?.count ?? 0;
  if (count === 0) return [];
  const more = count > rows.length ? ` and ${String(count - rows.length)} more` : '';
  return [withoutFactor(count, rows.map(({ email }) => email).join(', ') + more)];
}

const withoutFactor = (count: number, who: string) =>
  finding({
    id: 'gatehouse.W103',
    message: `Staff or superusers without a second factor: ${String(count)} (${who})`,
    advice:
      'Let each sign in and set one up, with TWO_FACTOR_REQUIRED_FOR=staff nothing else is open; deactivate who is gone.',
  });
