import { CAST } from './cast.js';

/** What is asked: a fleet, or a database. */
export interface Askable {
  query<T extends object>(sql: string): Promise<T[]>;
}

const LIVE_USER_SESSION = `FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.expires_at > now()`;

/**
 * What is never true of the data, whatever has failed (security catalogue, 5.E): each finds no row. Whom the tests have
 * put there by themselves is left out where the program would have left a trace of it.
 */
export const INVARIANTS: Readonly<Record<string, string>> = {
  'Q1 two users of one address': `
    SELECT email_canonical FROM users WHERE NOT is_service_account
     GROUP BY 1 HAVING count(*) > 1`,
  'Q1 a user whose address is not its canonical form': `
    SELECT id FROM users WHERE email !~ '[^\\x01-\\x7f]' AND lower(email) <> email_canonical`,
  'Q2 a user that nobody can ever sign in to': `
    SELECT id FROM users u
     WHERE password_hash IS NULL AND invited_at IS NULL AND NOT is_service_account
       AND NOT EXISTS (SELECT 1 FROM social_accounts a WHERE a.user_id = u.id)
       AND NOT EXISTS (SELECT 1 FROM passkeys p WHERE p.user_id = u.id)
       AND NOT EXISTS (SELECT 1 FROM one_time_tokens t WHERE t.user_id = u.id)`,
  'Q3 a refresh token that is the next of two sessions': `
    SELECT refresh_hash FROM sessions WHERE refresh_hash IS NOT NULL
     GROUP BY 1 HAVING count(*) > 1`,
  'Q3 a refresh token that is used and yet the next': `
    SELECT s.id FROM sessions s JOIN sessions o ON s.refresh_hash = o.refresh_previous_hash`,
  'Q3 a session of a refresh token that a cookie opens, too': `
    SELECT id FROM sessions WHERE (secret_hash IS NULL) = (refresh_hash IS NULL)`,
  'Q4 a recovery code that let in twice': `
    SELECT e.subject_id FROM audit_events e
     WHERE e.action = 'recovery_code_used' AND e.outcome = 'success'
       AND NOT EXISTS (SELECT 1 FROM audit_events m
             WHERE m.subject_id = e.subject_id AND m.action = 'recovery_codes_made' AND m.id > e.id)
     GROUP BY 1
    HAVING sum(e.count) > (SELECT count(*) FROM recovery_codes c
             WHERE c.user_id = e.subject_id AND c.used_at IS NOT NULL)`,
  'Q4 somebody who was registered twice': `
    SELECT subject_id FROM audit_events WHERE action = 'registration' AND outcome = 'success'
       AND subject_id IS NOT NULL
     GROUP BY 1 HAVING sum(count) > 1`,
  'Q4 two links of one kind for one user': `
    SELECT user_id FROM one_time_tokens WHERE purpose <> 'undo_email_change'
     GROUP BY user_id, purpose HAVING count(*) > 1`,
  'Q5 a session older than the credentials that opened it': `
    SELECT s.id ${LIVE_USER_SESSION} AND s.authenticated_at < u.credentials_changed_at`,
  'Q5 a link from before the credentials were changed': `
    SELECT t.id FROM one_time_tokens t JOIN users u ON u.id = t.user_id
     WHERE t.purpose IN ('reset_password', 'change_email') AND t.expires_at > now()
       AND ('x' || translate(left(t.id::text, 13), '-', ''))::bit(48)::bigint
           < floor(extract(epoch FROM u.credentials_changed_at) * 1000)`,
  'Q5 somebody half signed in by credentials that were changed': `
    SELECT c.id FROM login_challenges c JOIN users u ON u.id = c.user_id
     WHERE c.credentials_changed_at <> u.credentials_changed_at`,
  'Q6 an authenticator app without recovery codes': `
    SELECT user_id FROM totp_factors f
     WHERE NOT EXISTS (SELECT 1 FROM recovery_codes c WHERE c.user_id = f.user_id)`,
  'Q6 a session of level two of somebody without a second factor': `
    SELECT s.id ${LIVE_USER_SESSION} AND s.two_factor_at IS NOT NULL
       AND NOT EXISTS (SELECT 1 FROM totp_factors f WHERE f.user_id = u.id)
       AND NOT EXISTS (SELECT 1 FROM passkeys p WHERE p.user_id = u.id)`,
  'Q7 a session of somebody who is deactivated': `
    SELECT s.id ${LIVE_USER_SESSION} AND NOT u.is_active`,
  'Q7 somebody deactivated who is half signed in': `
    SELECT u.id FROM users u WHERE NOT u.is_active
       AND (EXISTS (SELECT 1 FROM login_challenges c WHERE c.user_id = u.id)
         OR EXISTS (SELECT 1 FROM social_codes c WHERE c.user_id = u.id))`,
  'Q7 a session of nobody': `
    SELECT id FROM sessions s WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.id = s.user_id)`,
  'Q7 a key of nobody': `
    SELECT id FROM api_keys k WHERE NOT EXISTS (SELECT 1 FROM users u WHERE u.id = k.user_id)`,
  'Q8 no superuser, though there was one': `
    SELECT 1 AS missing
     WHERE NOT EXISTS (SELECT 1 FROM users WHERE is_superuser AND is_active)
       AND EXISTS (SELECT 1 FROM users WHERE is_staff OR is_superuser)`,
  'Q9 too many API keys of one owner': `
    SELECT user_id FROM api_keys
     WHERE revoked_at IS NULL AND retires_at IS NULL AND expires_at > now()
     GROUP BY 1 HAVING count(*) > 10`,
  'Q9 a key that is kept otherwise than as a MAC': `
    SELECT id FROM api_keys WHERE octet_length(secret_mac) <> 32
        OR encode(secret_mac, 'escape') ~ '^gh_(live|test)_'`,
  'Q9 a key with two successors': `
    SELECT rotated_from FROM api_keys WHERE rotated_from IS NOT NULL
     GROUP BY 1 HAVING count(*) > 1`,
  'Q9 a key that was rotated and does not retire': `
    SELECT k.id FROM api_keys k JOIN api_keys n ON n.rotated_from = k.id
     WHERE k.retires_at IS NULL AND k.revoked_at IS NULL`,
  'Q10 too many sessions of one user': `
    SELECT user_id FROM sessions s JOIN users u ON u.id = s.user_id
     WHERE s.expires_at > now() AND u.first_name <> '${CAST}'
     GROUP BY 1 HAVING count(*) > 100`,
  'Q11 a key under a pepper that is unknown': `
    SELECT id FROM api_keys k
     WHERE NOT EXISTS (SELECT 1 FROM api_key_peppers p WHERE p.id = k.pepper_id)`,
  'Q11 not one key that signs and one next': `
    SELECT 1 AS wrong FROM signing_keys HAVING count(*) FILTER (WHERE state = 'current') <> 1
        OR count(*) FILTER (WHERE state = 'next') <> 1`,
  'Q12 somebody who came without a trace': `
    SELECT id FROM users u WHERE first_name <> '${CAST}'
       AND NOT EXISTS (SELECT 1 FROM audit_events e WHERE e.subject_id = u.id
             AND e.action IN ('registration', 'user_created', 'superuser_created',
                              'service_account_created'))`,
  'Q12 a key that was made without a trace': `
    SELECT id FROM api_keys k WHERE NOT EXISTS (SELECT 1 FROM audit_events e
             WHERE e.subject_id = k.user_id AND e.action IN ('api_key_created', 'api_key_rotated'))`,
  'Q12 a right that was given without a trace': `
    SELECT user_id FROM user_permissions p WHERE NOT EXISTS (SELECT 1 FROM audit_events e
             WHERE e.subject_id = p.user_id AND e.action = 'permission_given')`,
  'Q12 a place in the log book that is taken twice, or left out': `
    SELECT sequence FROM (
      SELECT sequence, lag(sequence) OVER (ORDER BY sequence) AS before FROM audit_events
       WHERE sequence IS NOT NULL) s
     WHERE before IS NOT NULL AND sequence <> before + 1`,
  'Q12 a log book whose end is cut off': `
    SELECT h.sequence FROM audit_head h
     WHERE h.sequence <> coalesce((SELECT max(sequence) FROM audit_events), h.sequence)`,
};

/** Which do not hold, with the rows that break them. */
export async function violations(source: Askable): Promise<Record<string, unknown[]>> {
  const broken: Record<string, unknown[]> = {};
  for (const [name, sql] of Object.entries(INVARIANTS)) {
    const rows = await source.query(`${sql} LIMIT 5`);
    if (rows.length > 0) broken[name] = rows;
  }
  return broken;
}
