/**
 * What happens to a row of `guess_counts`, each in one statement: of 200 at once each waits for the row and sees what
 * those before it have spent. Index: guess_counts_pkey.
 *
 * $1: the account; $2: now; $3: the waits in milliseconds, one for each failure. A statement about known devices gets
 * their waits as its last parameter. What forgets gets all names of the account, by older SECRET_KEYS, too.
 */
const NOW = '$2::timestamptz';
const WAITS = '$3::int[]';

/** Milliseconds to wait after so many failures; past the last one as long as after the last. */
const wait = (waits: string, failures: string): string =>
  `COALESCE((${waits})[LEAST(${failures}, cardinality(${waits}))], 0)`;

/** Never later than now, which each of many at once reads off a clock of its own. */
const NO_WAIT = `'epoch'::timestamptz`;

const later = (waits: string, failures: string): string =>
  `CASE WHEN ${wait(waits, failures)} = 0 THEN ${NO_WAIT}
        ELSE ${NOW} + ${wait(waits, failures)} * interval '1 ms' END`;

/** None waits for longer than the longest wait; what seems to was written by a clock that ran ahead. */
const over = (column: string, waits: string): string =>
  `(${column} <= ${NOW} OR
    ${column} > ${NOW} + 2 * (${waits})[cardinality(${waits})] * interval '1 ms')`;

/** $4: when a row is forgotten for which nobody waits yet; $5: one for which somebody does. */
const forgotten = (failures: string): string =>
  `CASE WHEN ${wait(WAITS, failures)} = 0 THEN $4::timestamptz ELSE $5::timestamptz END`;

/** New SECRET_KEYS are no new budget: what was counted under an older name ($2) counts under the newest. */
export const CARRY_OVER = `
  INSERT INTO guess_counts AS g
    (account, failures, known_failures, wait_until, known_wait_until, expires_at)
  SELECT $1, failures, known_failures, wait_until, known_wait_until, expires_at
    FROM guess_counts WHERE account = ANY ($2::bytea[]) ORDER BY failures DESC LIMIT 1
  ON CONFLICT (account) DO UPDATE SET
    failures = EXCLUDED.failures,
    known_failures = GREATEST(g.known_failures, EXCLUDED.known_failures),
    wait_until = GREATEST(g.wait_until, EXCLUDED.wait_until),
    known_wait_until = GREATEST(g.known_wait_until, EXCLUDED.known_wait_until),
    expires_at = GREATEST(g.expires_at, EXCLUDED.expires_at)
  WHERE EXCLUDED.failures > g.failures`;

/** Counts as a failure before anything is tested. Not spent: the wait is not over, or (until: null) none ends it. */
export const SPEND = `
  WITH spent AS (
    INSERT INTO guess_counts AS g
      (account, failures, known_failures, wait_until, known_wait_until, expires_at)
    VALUES ($1, 1, 0, ${later(WAITS, '1')}, ${NO_WAIT}, ${forgotten('1')})
    ON CONFLICT (account) DO UPDATE SET
      failures = g.failures + 1,
      wait_until = ${later(WAITS, 'g.failures + 1')},
      expires_at = ${forgotten('g.failures + 1')}
    WHERE g.failures < cardinality(${WAITS}) AND ${over('g.wait_until', WAITS)}
    RETURNING wait_until)
  SELECT true AS spent, wait_until, NULL AS known_wait_until FROM spent
  UNION ALL
  SELECT false, CASE WHEN failures < cardinality(${WAITS}) THEN wait_until END, NULL
    FROM guess_counts WHERE account = $1 AND NOT EXISTS (SELECT FROM spent)`;

const KNOWN_WAITS = '$6::int[]';

/** The same from a known device: strangers cannot use its budget up, but what it spends counts for them, too. */
export const SPEND_KNOWN = `
  WITH spent AS (
    INSERT INTO guess_counts AS g
      (account, failures, known_failures, wait_until, known_wait_until, expires_at)
    VALUES ($1, 1, 1, ${later(WAITS, '1')}, ${later(KNOWN_WAITS, '1')}, ${forgotten('1')})
    ON CONFLICT (account) DO UPDATE SET
      failures = g.failures + 1,
      known_failures = g.known_failures + 1,
      wait_until = GREATEST(g.wait_until, ${later(WAITS, 'g.failures + 1')}),
      known_wait_until = ${later(KNOWN_WAITS, 'g.known_failures + 1')},
      expires_at = ${forgotten('g.failures + 1')}
    WHERE g.known_failures < cardinality(${KNOWN_WAITS})
      AND ${over('g.known_wait_until', KNOWN_WAITS)}
    RETURNING wait_until, known_wait_until)
  SELECT true AS spent, wait_until, known_wait_until FROM spent
  UNION ALL
  SELECT false, wait_until,
         CASE WHEN known_failures < cardinality(${KNOWN_WAITS}) THEN known_wait_until END
    FROM guess_counts WHERE account = $1 AND NOT EXISTS (SELECT FROM spent)`;

/** Lifts a wait if the failure is taken back that began it ($n: as it was then), or if too few are left to wait for. */
const lifted = (column: string, began: string, waits: string, left: string): string =>
  `CASE WHEN ${column} = ${began}::timestamptz OR ${wait(waits, left)} = 0
        THEN ${NO_WAIT} ELSE ${column} END`;

/** One less, for nothing was tested. */
export const TAKE_BACK = `
  UPDATE guess_counts SET
    failures = GREATEST(failures - 1, known_failures),
    wait_until = ${lifted('wait_until', '$4', WAITS, 'failures - 1')},
    expires_at = CASE WHEN failures <= 1 THEN ${NOW} ELSE expires_at END
  WHERE account = $1`;

export const TAKE_BACK_KNOWN = `
  UPDATE guess_counts SET
    failures = failures - 1,
    known_failures = known_failures - 1,
    wait_until = ${lifted('wait_until', '$4', WAITS, 'failures - 1')},
    known_wait_until = ${lifted('known_wait_until', '$5', KNOWN_WAITS, 'known_failures - 1')},
    expires_at = CASE WHEN failures <= 1 THEN ${NOW} ELSE expires_at END
  WHERE account = $1 AND known_failures > 0`;

/** A stranger was the owner: what strangers have failed is forgotten, not what known devices have. */
export const SUCCEED = `
  UPDATE guess_counts SET
    failures = known_failures,
    wait_until = ${NO_WAIT},
    expires_at = CASE WHEN known_failures = 0 THEN ${NOW} ELSE expires_at END
  WHERE account = ANY ($1::bytea[])`;

/** A known device was the owner's: what known devices have failed is forgotten, not what strangers have. */
export const SUCCEED_KNOWN = `
  UPDATE guess_counts SET
    failures = failures - known_failures,
    known_failures = 0,
    wait_until = CASE WHEN ${wait(WAITS, 'failures - known_failures')} = 0 THEN ${NO_WAIT} ELSE wait_until END,
    known_wait_until = ${NO_WAIT},
    expires_at = CASE WHEN failures = known_failures THEN ${NOW} ELSE expires_at END
  WHERE account = ANY ($1::bytea[])`;

/** Whoever holds the mailbox is the owner: nothing is held against the account any more. */
export const FORGIVE = `DELETE FROM guess_counts WHERE account = ANY ($1::bytea[])`;
